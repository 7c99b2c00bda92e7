public import ParlantCore

/// What every ``TagStore`` keeps. Give each check a store of its own.
public enum TagStoreConformance {
    /// All rules.
    public static let checks: [ConformanceCheck<any TagStore>] = [
        .init("a tag comes back as it was created") { store in
            let tag = try await store.create(name: "vip")
            try requireEqual(tag.name, "vip", "the name")
            try requireEqual(try await store.read(tag.id), tag, "the tag that was read")
        },
        .init("a taken name is refused; names differ by case") { store in
            let tag = try await store.create(name: "vip")
            try await requireError(.alreadyExists, "a taken name") { try await store.create(name: "vip") }
            _ = try await store.create(name: "VIP")
            try requireEqual(try await store.list(name: nil).count, 2, "the number of tags")
            try requireEqual(try await store.list(name: "vip"), [tag], "the tag that was first")
        },
        .init("names that look the same and have other bytes are different tags") { store in
            let names = ["caf\u{E9}", "cafe\u{301}", "q\u{307}\u{323}", "q\u{323}\u{307}"]
            var ids: [TagID] = []
            for (number, name) in names.enumerated() {
                let isEven = number.isMultiple(of: 2)
                ids.append(try await (isEven ? store.create(name: name) : store.ensure(name: name)).id)
            }
            try requireEqual(Set(ids).count, 4, "different tags")
            for (name, id) in zip(names, ids) {
                let found = try await store.list(name: name)
                try requireEqual(found.map(\.id), [id], "who has the name \(name)")
                try requireEqual(found.map { Array($0.name.utf8) }, [Array(name.utf8)], "the bytes of the name")
            }
            try await store.delete(ids[1])
            let renamed = try await store.update(ids[0], name: names[1])
            try requireEqual(Array(renamed.name.utf8), Array(names[1].utf8), "the bytes of the new name")
            try requireEqual(try await store.list(name: names[0]), [], "who has the old name")
            try requireEqual(try await store.list(name: names[1]).map(\.id), [ids[0]], "who has the new name")
        },
        .init("an unknown tag is not found, by any verb") { store in
            try await requireError(.notFound, "read") { try await store.read("none") }
            try await requireError(.notFound, "update") { try await store.update("none", name: "n") }
            try await requireError(.notFound, "delete") { try await store.delete("none") }
        },
        .init("tags are listed in order of creation, or by their exact name") { store in
            var tags: [Tag] = []
            for name in ["b", "a", "c", "ab"] { tags.append(try await store.create(name: name)) }
            try requireEqual(try await store.list(name: nil), tags, "all tags")
            try requireEqual(try await store.list(name: "a"), [tags[1]], "the tag named a")
            try requireEqual(try await store.list(name: "A"), [], "no such name")
            let times = tags.map(\.createdAt)
            try require(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "two tags share a time")
        },
        .init("a renamed tag keeps its id and place, and frees its old name") { store in
            let first = try await store.create(name: "old")
            let second = try await store.create(name: "other")
            let renamed = try await store.update(first.id, name: "new")
            try requireEqual(renamed, Tag(id: first.id, name: "new", createdAt: first.createdAt), "the answer")
            try requireEqual(try await store.list(name: nil), [renamed, second], "all tags")
            try requireEqual(try await store.list(name: "old"), [], "the old name")
            _ = try await store.create(name: "old")
        },
        .init("renaming to another tag's name is refused, to the own name is fine") { store in
            let first = try await store.create(name: "one")
            _ = try await store.create(name: "two")
            try await requireError(.alreadyExists, "a taken name") { try await store.update(first.id, name: "two") }
            try requireEqual(try await store.read(first.id), first, "the tag afterwards")
            try requireEqual(try await store.update(first.id, name: "one"), first, "its own name")
        },
        .init("a deleted tag is gone and its name free") { store in
            let tag = try await store.create(name: "vip")
            try await store.delete(tag.id)
            try await requireError(.notFound, "read after delete") { try await store.read(tag.id) }
            try requireEqual(try await store.list(name: "vip"), [], "the list by name")
            let again = try await store.create(name: "vip")
            try require(again.id != tag.id, "the id was used again")
        },
        .init("ensure makes a tag once and then finds it") { store in
            let made = try await store.ensure(name: "vip")
            try requireEqual(try await store.ensure(name: "vip"), made, "the same tag")
            try requireEqual(try await store.create(name: "gold").name, "gold", "another tag")
            try requireEqual(try await store.ensure(name: "gold").name, "gold", "a tag that was created")
            try requireEqual(try await store.list(name: nil).count, 2, "the number of tags")
        },
        .init("of 100 calls of ensure at once, all return the same tag") { store in
            let ids = try await withThrowingTaskGroup(of: TagID.self) { group in
                for _ in 0..<100 { group.addTask { try await store.ensure(name: "vip").id } }
                return try await group.reduce(into: Set<TagID>()) { $0.insert($1) }
            }
            try requireEqual(ids.count, 1, "different tags")
            try requireEqual(try await store.list(name: nil).count, 1, "the number of tags")
        },
    ]
}
