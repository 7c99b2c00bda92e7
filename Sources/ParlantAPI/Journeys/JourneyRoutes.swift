import HTTPTypes
import ParlantCore

/// `/journeys`.
struct JourneyRoutes: Sendable {
    private let resource: JourneyResource
    private let routes: EntityRoutes<JourneyResource>
    private let conditions: JourneyConditions
    private let guidelines: any EntityStore<Guideline>
    private let references: EntityReferences
    private let limits: APILimits

    init(_ services: APIServices) {
        resource = JourneyResource(services)
        routes = EntityRoutes(resource, services)
        conditions = JourneyConditions(services)
        guidelines = services.entities.guidelines
        references = EntityReferences(services)
        limits = services.limits
    }

    func add(to table: inout RouteTable) {
        table.on(.post, "/journeys") { [self] call in try await create(&call) }
        routes.addReading(to: &table)
        table.on(.get, "/journeys/*/mermaid") { [self] call in try await mermaid(call) }
        table.on(.patch, "/journeys/*") { [self] call in try await update(&call) }
        table.on(.delete, "/journeys/*") { [self] call in
            try await resource.delete(JourneyID(call.parameters[0]))
            return .noContent
        }
    }

    private func create(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let draft = resource.draft(&body)
        let texts = body.requiredStrings("conditions", length: 1...Int.max)
        try call.finish(body: body)
        let journey = try draft()
        try await references.check(journey.tags, owners: resource.owners)
        // The journey first: its id may be taken, and then no condition is left behind.
        try await resource.store.create(journey)
        let made = try await conditions.create(texts, for: journey.id)
        return reply(try await resource.store.update(journey.id) { $0.conditions.formUnion(made) }, .created)
    }

    private func update(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let change = resource.change(&body)
        let wanted = body.document("conditions") { fields in
            let add = fields.strings("add") ?? []
            let remove = fields.strings("remove") ?? []
            return ConditionsChange(
                add: add.map(GuidelineID.init(rawValue:)), remove: remove.map(GuidelineID.init(rawValue:)))
        }
        try call.finish(body: body)
        let id = JourneyID(call.parameters[0])
        let journey = try await resource.store.read(id).entity
        let moved = wanted ?? ConditionsChange()
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
