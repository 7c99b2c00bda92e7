import ParlantCore
import ParlantStores

extension ArchivePart {
    static let customer = ArchivePart(
        path: "customer.json",
        about: "the customer: id, name, about, metadata and ids of tags, and when it was created and changed"
    ) { id, stores, file in
        guard let customer = try await find({ try await stores.customers.read(id) }) else { return }
        try await file.write(.object(customer.storedForm), to: "customer.json")
    }

    static let tags = ArchivePart(path: "tags.json", about: "the names of these tags") { id, stores, file in
        var tags: [JSONValue] = []
        for id in try await find({ try await stores.customers.read(id) })?.tags ?? [] {
            if let tag = try await find({ try await stores.tags.read(id) }) { tags.append(.object(tag.storedForm)) }
        }
        if !tags.isEmpty { try await file.write(.array(tags), to: "tags.json") }
    }

    static let documents = ArchivePart(
        path: "documents.json", about: "documents about the customer that agents look things up in"
    ) { id, stores, file in
        let documents = try await stores.entities.documents.list(anyOf: [KnowledgeOwner.customer(id).tag])
        if documents.isEmpty { return }
        try await file.write(.array(documents.map { .object($0.storedForm) }), to: "documents.json")
    }

    static let memories = ArchivePart(
        path: "memories.json", about: "what agents keep in mind about the customer"
    ) { id, stores, file in
        let memories = try await stores.entities.memories.list(anyOf: [KnowledgeOwner.customer(id).tag])
        if memories.isEmpty { return }
        try await file.write(.array(memories.map { .object($0.storedForm) }), to: "memories.json")
    }

    static let values = ArchivePart(
        path: "values.json", about: "values of variables: what agents know about the customer"
    ) { id, stores, file in
        var values: [JSONValue] = []
        for stored in try await stores.entities.values.list(anyOf: [VariableValue.holder(VariableValue.key(id))]) {
            var form = stored.storedForm
            // The names of variables that scripts define are in the scripts.
            let variable = try await stores.entities.variables.find(stored.entity.variable)
            if let variable { form["name"] = .string(variable.entity.name) }
            values.append(.object(form))
        }
        if !values.isEmpty { try await file.write(.array(values), to: "values.json") }
    }

    static let entries = ArchivePart(
        path: "entries.json", about: "what scripts have noted about the customer, by key"
    ) { id, stores, file in
        let entries = try await json(stores.keyValues.entries(in: .customer(id)))
        if !entries.isEmpty { try await file.write(.array(entries), to: "entries.json") }
    }

    /// What scripts have noted.
    static func json(_ entries: [KeyValueEntry]) -> [JSONValue] {
        entries.map { entry in
            var members: JSONObject = ["key": .string(entry.key), "value": entry.value]
            if let end = entry.endsAt { members["ends_at"] = .string(end.description) }
            return .object(members)
        }
    }

    /// What `read` reads; nil when it is not there.
    private static func find<Value>(_ read: () async throws -> Value) async throws -> Value? {
        do {
            return try await read()
        } catch let error as StoreError where error.code == .notFound {
            return nil
        }
    }
}
