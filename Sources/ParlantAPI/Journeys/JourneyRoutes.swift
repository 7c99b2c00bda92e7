import HTTPTypes
import ParlantCore

/// `/journeys`.
struct JourneyRoutes: Sendable {
    private let resource: JourneyResource
    private let routes: EntityRoutes<JourneyResource>
    private let conditions: JourneyConditions
    private let guidelines: any EntityStore<Guideline>
    private let references: EntityReferences

    init(_ services: APIServices) {
        resource = JourneyResource(services)
        routes = EntityRoutes(resource, services)
        conditions = JourneyConditions(services)
        guidelines = services.entities.guidelines
        references = EntityReferences(services)
    }

    func add(to table: inout RouteTable) {
        table.on(
            .post, resource.path, resource.noun.creating(resource.schema),
            body: { [resource] body in
                let draft = resource.draft(&body)
                return (draft, conditions: body.requiredStrings("conditions", length: 1...Int.max))
            }
        ) { [self] _, body in try await create(try body.0(), body.conditions) }
        routes.addListing(to: &table)
        routes.addReading(to: &table)
        table.on(.get, "\(resource.onePath)/mermaid", .mermaid) { [self] call in try await mermaid(call) }
        table.on(
            .patch, resource.onePath, resource.noun.updating(resource.schema),
            body: { [resource] body in
                let change = resource.change(&body)
                return (change, conditions: body.document("conditions", ConditionsChange.init(body:)))
            }
        ) { [self] call, body in
            try await update(JourneyID(call.parameters[0]), body.0, body.conditions ?? ConditionsChange())
        }
        routes.addDeletion(to: &table)
    }

    private func create(_ journey: Journey, _ texts: [String]) async throws -> Reply {
        try await references.check(journey.tags, owners: resource.owners)
        // The journey first: its id may be taken, and then no condition is left behind.
        try await resource.store.create(journey)
        let made = try await conditions.create(texts, for: journey.id)
        return reply(try await resource.store.update(journey.id) { $0.conditions.formUnion(made) }, .created)
    }

    private func update(
        _ id: JourneyID, _ change: EntityChange<Journey>, _ moved: ConditionsChange
    ) async throws -> Reply {
        let journey = try await resource.store.read(id).entity
        // Before conditions are claimed, which would change guidelines.
        if let location = journey.location { throw StoreError.definedInScript(Journey.entityName, id, at: location) }
        try await references.check(change.tags, of: journey.tags, owners: resource.owners)
        try await conditions.check(moved, of: journey)
        for condition in moved.add where !journey.conditions.contains(condition) {
            try await conditions.claim(condition, for: id)
        }
        let changed = try await resource.store.update(id) { journey in
            try change.apply(&journey)
            journey.conditions.formUnion(moved.add)
            journey.conditions.subtract(moved.remove)
        }
        for condition in moved.remove { try await conditions.release(condition, from: id) }
        return reply(changed)
    }

    private func mermaid(_ call: Call) async throws -> Reply {
        let journey = try await resource.store.read(JourneyID(call.parameters[0])).entity
        var texts: [String] = []
        for id in journey.conditions {
            if let condition = try await guidelines.find(id)?.entity.content.condition { texts.append(condition) }
        }
        let diagram = MermaidDiagram(journey, conditions: texts).description
        return .text(diagram)
    }

    private func reply(_ journey: Stored<Journey>, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status) { resource.write(journey, to: &$0) }
    }
}

extension Operation {
    fileprivate static let mermaid = Operation(
        "journey_mermaid", in: "journeys", as: "mermaid", "Draw a journey as a Mermaid diagram", .text,
        refusing: [.notFound])
}
