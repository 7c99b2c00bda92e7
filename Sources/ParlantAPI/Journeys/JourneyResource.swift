import ParlantCore

/// `/journeys`, as far as they are like other entities.
struct JourneyResource: EntityResource {
    static let titleLength = 1...100

    let path = "/journeys"
    let noun = EntityNoun("journey", "journeys")
    let store: any EntityStore<Journey>
    let owners: EntityReferences.Owners = [.agents, .journeys]
    private let conditions: JourneyConditions
    private let ids: any IDGenerator
    private let limits: APILimits

    init(_ services: APIServices) {
        store = services.entities.journeys
        conditions = JourneyConditions(services)
        ids = services.ids
        limits = services.limits
    }

    /// The journey without its conditions, which are texts here and become guidelines of their own.
    func draft(_ body: inout FieldReader) -> @Sendable () throws -> Journey {
        let title = body.requiredString("title", length: Self.titleLength)
        let description = body.requiredString("description")
        let id = body.ownID(limits)
        let tags = body.tags()
        let mode = body.compositionMode()
        let labels = OrderedSet(body.strings("labels") ?? [])
        let priority = body.integer("priority", atLeast: .min)
        return { [ids, limits] in
            try limits.checkLabels(labels)
            return Journey(
                id: JourneyID(id ?? ids.entityID()), title: title, description: description, compositionMode: mode,
                priority: priority ?? 0, labels: labels, tags: tags)
        }
    }

    /// All but conditions, which change guidelines too.
    func change(_ body: inout FieldReader) -> EntityChange<Journey> {
        let title = body.string("title", length: Self.titleLength)
        let description = body.nonEmpty("description")
        let mode = body.compositionMode()
        let priority = body.integer("priority", atLeast: .min)
        let tags = body.tagsChange()
        let labels = body.labelsChange()
        return EntityChange(tags: tags) { [limits] journey in
            if let title { journey.title = title }
            if let description { journey.description = description }
            if let mode { journey.compositionMode = mode }
            if let priority { journey.priority = priority }
            tags.apply(to: &journey.tags)
            try limits.checkLabels(labels, of: journey.labels)
            labels.apply(to: &journey.labels)
        }
    }

    /// Deletes the journey, then the guidelines of its conditions that no other journey uses.
    func delete(_ id: JourneyID) async throws {
        let journey = try await store.read(id).entity
        try await store.delete(id)
        for condition in journey.conditions { try await conditions.release(condition, from: id, deletesAlways: true) }
    }

    var schema: Schema {
        .named(
            "Journey",
            .record([
                "id": .string(), "title": .string(), "description": .string(), "conditions": .list(.string()),
                "tags": .list(.string()), "composition_mode": .nullable(.choice(of: WireCompositionMode.self)),
                "labels": .list(.string()), "priority": .integer(),
            ]))
    }

    func write(_ stored: Stored<Journey>, to writer: inout JSONWriter) {
        let journey = stored.entity
        writer.beginObject()
        writer.member("id", journey.id.rawValue)
        writer.member("title", journey.title)
        writer.member("description", journey.description)
        writer.member("conditions", journey.conditions.map(\.rawValue))
        writer.member("tags", journey.tags)
        writer.member("composition_mode", journey.compositionMode?.wire)
        writer.member("labels", journey.labels)
        writer.member("priority", journey.priority)
        writer.endObject()
    }
}
