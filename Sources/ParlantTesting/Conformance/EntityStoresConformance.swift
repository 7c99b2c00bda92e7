public import ParlantCore

/// What the stores of all kinds of entities keep besides ``EntityStoreConformance``: nothing of an entity is lost, and
/// kinds do not get in each other's way. Give each check stores of its own.
public enum EntityStoresConformance {
    /// All rules.
    public static let checks: [ConformanceCheck<EntityStores>] =
        [
            keeps(EntitySamples.agents) { $0.agents }, keeps(EntitySamples.guidelines) { $0.guidelines },
            keeps(EntitySamples.cannedResponses) { $0.cannedResponses }, keeps(EntitySamples.terms) { $0.terms },
            keeps(EntitySamples.variables) { $0.variables }, keeps(EntitySamples.values) { $0.values },
            keeps(EntitySamples.capabilities) { $0.capabilities }, keeps(EntitySamples.journeys) { $0.journeys },
            keeps(EntitySamples.relationships) { $0.relationships }, keeps(EntitySamples.services) { $0.services },
            keeps(EntitySamples.evaluations) { $0.evaluations }, keeps(EntitySamples.documents) { $0.documents },
            keeps(EntitySamples.memories) { $0.memories },
        ] + together

    /// That every member of the samples comes back, by each verb.
    private static func keeps<Entity: StoredEntity>(
        _ samples: [Entity], _ store: @escaping @Sendable (EntityStores) -> any EntityStore<Entity>
    ) -> ConformanceCheck<EntityStores> {
        .init("nothing of a \(Entity.entityName) is lost") { stores in
            let store = store(stores)
            for sample in samples {
                let created = try await store.create(sample)
                try requireEqual(created.entity, sample, "the answer")
                try requireEqual(try await store.read(sample.id), created, "what was read")
            }
            try requireEqual(try await store.list().map(\.entity), samples, "the list")
            for tag in samples.flatMap(\.tags) {
                let expected = samples.filter { $0.tags.contains(tag) }
                try requireEqual(try await store.list(anyOf: [tag]).map(\.entity), expected, "the list by tag \(tag)")
            }
            for sample in samples {
                try requireEqual(try await store.save(sample).entity, sample, "what was saved again")
                try requireEqual(try await store.update(sample.id) { _ in }.entity, sample, "what did not change")
            }
            try requireEqual(try await store.list().map(\.entity), samples, "the list afterwards")
            for sample in samples { try await store.delete(sample.id) }
            try requireEqual(try await store.list().count, 0, "what is left")
        }
    }

    private static let together: [ConformanceCheck<EntityStores>] = [
        .init("kinds see nothing of each other, even with one id and one tag") { stores in
            try await stores.terms.create(Term(id: "x", name: "n", description: "d", tags: ["t"]))
            let capability = Capability(id: "x", title: "t", description: "d", tags: ["t"])
            try await stores.capabilities.create(capability)
            try await requireError(.notFound, "a guideline") { try await stores.guidelines.read("x") }
            try requireEqual(try await stores.guidelines.list(anyOf: ["t"]), [], "guidelines")
            try await stores.terms.delete("x")
            try requireEqual(try await stores.capabilities.list(anyOf: ["t"]).map(\.entity), [capability], "the other")
        },
        .init("values are kept by variable and key, and listed by variable") { stores in
            let keys = ["DEFAULT", "tag:vip", "jane", "a b/ü"]
            for variable in ["v", "v2"] as [VariableID] {
                for key in keys { try await stores.values.save(value(variable, key, .string("\(variable) \(key)"))) }
            }
            let listed = try await stores.values.list(anyOf: [VariableValue.owner("v2")])
            try requireEqual(listed.map(\.entity.key), keys, "the keys of one variable")
            let held = try await stores.values.list(anyOf: [VariableValue.holder("jane")])
            try requireEqual(held.map(\.entity.variable), ["v", "v2"], "the variables of one key")
            let found = try await stores.values.find(VariableValue.id("v", "jane"))
            try requireEqual(found?.entity.data, "v jane", "one value")
            try await stores.values.save(value("v", "jane", ["new": .null]))
            try requireEqual(
                try await stores.values.read(VariableValue.id("v", "jane")).entity.data, ["new": .null], "the new one")
            try requireEqual(try await stores.values.list().count, 8, "all values")
        },
    ]

    private static func value(_ variable: VariableID, _ key: String, _ data: JSONValue) -> VariableValue {
        VariableValue(
            variable: variable, key: key, revision: "r", modifiedAt: Timestamp(microseconds: 5), data: data)
    }
}
