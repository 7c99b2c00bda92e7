import ParlantCore

/// `/capabilities`.
struct CapabilityResource: EntityResource {
    private static let titleLength = 1...100

    let path = "/capabilities"
    let noun = EntityNoun("capability", "capabilities")
    let store: any EntityStore<Capability>
    let owners: EntityReferences.Owners = [.agents, .journeys]
    private let ids: any IDGenerator

    init(_ services: APIServices) {
        store = services.entities.capabilities
        ids = services.ids
    }

    func draft(_ body: inout FieldReader) -> @Sendable () throws -> Capability {
        let title = body.requiredString("title", length: Self.titleLength)
        let description = body.requiredString("description")
        let signals = body.requiredStrings("signals")
        let tags = body.tags()
        return { [ids] in
            Capability(
                id: CapabilityID(ids.entityID()), title: title, description: description, signals: signals, tags: tags)
        }
    }

    /// An empty list of signals counts as not given, as on the reference.
    func change(_ body: inout FieldReader) -> EntityChange<Capability> {
        let title = body.string("title", length: Self.titleLength)
        let description = body.nonEmpty("description")
        let signals = body.strings("signals") ?? []
        let tags = body.tagsChange()
        return EntityChange(tags: tags) { capability in
            if let title { capability.title = title }
            if let description { capability.description = description }
            if !signals.isEmpty { capability.signals = signals }
            tags.apply(to: &capability.tags)
        }
    }

    var schema: Schema {
        .named(
            "Capability",
            .record([
                "id": .string(), "title": .string(), "description": .string(), "signals": .list(.string()),
                "tags": .list(.string()),
            ]))
    }

    func write(_ stored: Stored<Capability>, to writer: inout JSONWriter) {
        let capability = stored.entity
        writer.beginObject()
        writer.member("id", capability.id.rawValue)
        writer.member("title", capability.title)
        writer.member("description", capability.description)
        writer.member("signals", capability.signals)
        writer.member("tags", capability.tags)
        writer.endObject()
    }
}
