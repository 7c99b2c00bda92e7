public import ParlantCore

/// What every ``EntityStore`` keeps, tried with terms: a store that knows ids, tags and order for one kind knows them
/// for all. Give each check a store of its own.
public enum EntityStoreConformance {
    private static func term(_ id: TermID, name: String = "n", tags: OrderedSet<TagID> = []) -> Term {
        Term(id: id, name: name, description: "d", synonyms: ["s"], tags: tags)
    }

    private static func ids(_ list: [Stored<Term>]) -> [TermID] { list.map(\.entity.id) }

    private struct Refused: Error {}

    /// All rules.
    public static let checks: [ConformanceCheck<any EntityStore<Term>>] = [
        .init("an entity comes back as it was created") { store in
            let made = try await store.create(term("a b/ü", tags: ["t"]))
            try requireEqual(made.entity, term("a b/ü", tags: ["t"]), "the entity")
            try requireEqual(try await store.read("a b/ü"), made, "the entity that was read")
            try requireEqual(try await store.find("a b/ü"), made, "the entity that was found")
        },
        .init("a taken id is refused, and what has it stays as it was") { store in
            let first = try await store.create(term("a", name: "first"))
            try await requireError(.alreadyExists, "a taken id") {
                try await store.create(term("a", name: "second"))
            }
            try requireEqual(try await store.list(), [first], "all entities")
        },
        .init("an unknown entity is not found, by any verb") { store in
            try await requireError(.notFound, "read") { try await store.read("none") }
            try await requireError(.notFound, "update") { try await store.update("none") { $0.name = "x" } }
            try await requireError(.notFound, "delete") { try await store.delete("none") }
            try requireEqual(try await store.find("none"), nil, "what was found")
            try requireEqual(try await store.list(), [], "all entities")
        },
        .init("entities are listed in order of creation, whatever their ids") { store in
            for id in ["b", "a", "c"] as [TermID] { try await store.create(term(id)) }
            let all = try await store.list()
            try requireEqual(ids(all), ["b", "a", "c"], "all entities")
            try require(zip(all, all.dropFirst()).allSatisfy { $0.createdAt < $1.createdAt }, "two share a time")
        },
        .init("a list by tags holds what has one of them, each once; no tags, nothing") { store in
            try await store.create(term("a", tags: ["x"]))
            try await store.create(term("b", tags: ["y", "x"]))
            try await store.create(term("c", tags: ["z"]))
            try await store.create(term("d"))
            try requireEqual(ids(try await store.list(anyOf: ["x"])), ["a", "b"], "those with x")
            try requireEqual(ids(try await store.list(anyOf: ["z", "x", "y"])), ["a", "b", "c"], "those with any")
            try requireEqual(ids(try await store.list(anyOf: ["unknown"])), [], "those with an unknown tag")
            try requireEqual(ids(try await store.list(anyOf: [])), [], "those with one of no tags")
        },
        .init("an update changes what it names, and keeps place and time") { store in
            let first = try await store.create(term("a"))
            try await store.create(term("b"))
            let changed = try await store.update("a") { entity in
                entity.name = "new"
                entity.tags = ["x"]
            }
            try requireEqual(changed.entity, term("a", name: "new", tags: ["x"]), "the answer")
            try requireEqual(changed.createdAt, first.createdAt, "the moment of creation")
            try requireEqual(try await store.read("a"), changed, "the entity afterwards")
            try requireEqual(ids(try await store.list()), ["a", "b"], "the order")
            try requireEqual(ids(try await store.list(anyOf: ["x"])), ["a"], "the list by the new tag")
        },
        .init("an update that throws changes nothing") { store in
            let made = try await store.create(term("a"))
            var refused = false
            do {
                try await store.update("a") { entity in
                    entity.name = "half"
                    throw Refused()
                }
            } catch is Refused {
                refused = true
            }
            try require(refused, "the error of the change did not come through")
            try requireEqual(try await store.read("a"), made, "the entity afterwards")
        },
        .init("saving creates, and then replaces in place") { store in
            let made = try await store.save(term("a", tags: ["x"]))
            try await store.create(term("b"))
            let saved = try await store.save(term("a", name: "new"))
            try requireEqual(saved.entity, term("a", name: "new"), "the answer")
            try requireEqual(saved.createdAt, made.createdAt, "the moment of creation")
            try requireEqual(ids(try await store.list()), ["a", "b"], "the order")
            try requireEqual(ids(try await store.list(anyOf: ["x"])), [], "the list by the old tag")
        },
        .init("a deleted entity is gone, and its id is free") { store in
            try await store.create(term("a", tags: ["x"]))
            try await store.create(term("b", tags: ["x"]))
            try await store.delete("a")
            try await requireError(.notFound, "read after delete") { try await store.read("a") }
            try requireEqual(ids(try await store.list(anyOf: ["x"])), ["b"], "the list by tag")
            try await store.create(term("a"))
            try requireEqual(ids(try await store.list()), ["b", "a"], "the order")
        },
        .init("of 100 creations with one id at once, one succeeds") { store in
            let made = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask { (try? await store.create(term("a", name: "\(number)"))) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try requireEqual(made, 1, "creations that succeeded")
        },
        .init("of 100 changes at once, none is lost") { store in
            try await store.create(term("a"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask { try await store.update("a") { $0.synonyms.append("\(number)") } }
                }
                try await group.waitForAll()
            }
            try requireEqual(try await store.read("a").entity.synonyms.count, 101, "what was added")
        },
    ]
}
