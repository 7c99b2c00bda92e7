public import ParlantCore

/// What every ``CustomerStore`` keeps. Give each check a store of its own.
public enum CustomerStoreConformance {
    /// All rules.
    public static let checks: [ConformanceCheck<any CustomerStore>] = entity + guest + lists + orders + concurrency

    private static let entity: [ConformanceCheck<any CustomerStore>] = [
        .init("a customer comes back as it was created") { store in
            let metadata: JSONObject = ["plan": "gold", "n": 1, "nested": ["a": [1, 2.5, .null, true]]]
            let made = try await store.create(
                CustomerDraft(
                    id: "ann@example.com", name: "Ann", about: "Collects \"lamps\".\nü", metadata: metadata,
                    tags: ["t2", "t1"]))
            try requireEqual(made.id, "ann@example.com", "the given id")
            try requireEqual(made.name, "Ann", "the name")
            try requireEqual(made.about, "Collects \"lamps\".\nü", "what is known of the customer")
            try requireEqual(made.updatedAt, made.createdAt, "the moment of the last change")
            // As JSON: the order of keys is no part of an object, and not every service keeps it.
            try requireEqual(JSONValue.object(made.metadata), .object(metadata), "the metadata")
            try requireEqual(Array(made.tags), ["t2", "t1"], "the tags in their order")
            try requireEqual(try await store.read(made.id), made, "the customer that was read")
        },
        .init("a customer without an id gets one of its own") { store in
            let first = try await store.create(CustomerDraft(name: "A"))
            let second = try await store.create(CustomerDraft(name: "A"))
            try require(!first.id.rawValue.isEmpty, "the id is empty")
            try require(first.id != second.id, "two customers have the id \(first.id)")
        },
        .init("a taken id is refused and nothing changes") { store in
            let made = try await store.create(CustomerDraft(id: "x", name: "First"))
            try await requireError(.alreadyExists, "a taken id") {
                try await store.create(CustomerDraft(id: "x", name: "Second"))
            }
            try requireEqual(try await store.read("x"), made, "the customer who was first")
            try requireEqual(try await store.list(.init()).items.count, 2, "the number of customers")
        },
        .init("ids are compared byte for byte and may be any text") { store in
            for id in ["a b", "A B", "ü", "a|b%2F/c", String(repeating: "x", count: 1000)] {
                _ = try await store.create(CustomerDraft(id: CustomerID(id), name: "N"))
                try requireEqual(try await store.read(CustomerID(id)).id.rawValue, id, "the id")
            }
        },
        .init("ids that look the same and have other bytes are different customers") { store in
            // Each is an e with an accent; the last two have as many bytes, in another order.
            let ids = ["jos\u{E9}", "jose\u{301}", "q\u{307}\u{323}", "q\u{323}\u{307}"].map { CustomerID($0) }
            for (number, id) in ids.enumerated() {
                _ = try await store.create(CustomerDraft(id: id, name: "\(number)"))
            }
            for (number, id) in ids.enumerated() {
                // Twice: the second time it may come from memory.
                for _ in 0..<2 {
                    let customer = try await store.read(id)
                    try requireEqual(customer.name, "\(number)", "the name")
                    try requireEqual(Array(customer.id.rawValue.utf8), Array(id.rawValue.utf8), "the bytes of the id")
                }
            }
            _ = try await store.update(ids[0], .init(name: "new"))
            try requireEqual(try await store.read(ids[1]).name, "1", "the name of the other after an update")
            try await store.delete(ids[0])
            try requireEqual(try await store.read(ids[1]).name, "1", "the name of the other after a removal")
            try await requireError(.notFound, "the one that was removed") { try await store.read(ids[0]) }
            try requireEqual(try await store.list(.init()).items.count, 4, "the number of customers")
        },
        .init("an unknown customer is not found, by any verb") { store in
            try await requireError(.notFound, "read") { try await store.read("nobody") }
            try await requireError(.notFound, "update") { try await store.update("nobody", .init(name: "N")) }
            try await requireError(.notFound, "delete") { try await store.delete("nobody") }
        },
        .init("an update changes what it names and nothing else") { store in
            let made = try await store.create(
                CustomerDraft(id: "x", name: "Old", metadata: ["a": 1, "b": 2, "c": 3], tags: ["t1", "t2"]))
            var expected = made
            expected.name = "New"
            expected.about = "b"
            expected.metadata = ["a": 1, "b": 5, "d": ["e": .null]]
            expected.tags = ["t2", "t3"]
            let change = CustomerChange(
                name: "New", about: .set("b"),
                metadata: .init(set: ["b": 5, "d": ["e": .null]], unset: ["c", "unknown"]),
                tags: .init(add: ["t3", "t2"], remove: ["t1"]))
            let changed = try await store.update("x", change)
            try require(changed.updatedAt > made.updatedAt, "a change has the moment \(changed.updatedAt)")
            expected.updatedAt = changed.updatedAt
            try requireEqual(changed, expected, "the answer of update")
            try requireEqual(try await store.read("x"), expected, "the customer afterwards")
            try requireEqual(try await store.update("x", .init()), expected, "an update that names nothing")
        },
        .init("a change that has limits is refused whole beyond them, also among others at the same time") { store in
            let made = try await store.create(CustomerDraft(id: "x", name: "N", metadata: ["a": 1]))
            var limits = MetadataLimits()
            limits.bytes = 20
            try await requireError(.tooLarge, "update") {
                try await store.update(
                    "x", .init(name: "M", metadata: .init(set: ["b": "1234567890"]), limits: limits))
            }
            try requireEqual(try await store.read("x"), made, "the customer after a refusal")
            try requireEqual(try await listedIDs(store, .init(metadata: ["a": 1])), ["x"], "who has what was there")
            let added = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<9 {
                    let change = CustomerChange(metadata: .init(set: ["m\(number)": 1]), limits: limits)
                    group.addTask { (try? await store.update("x", change)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try requireEqual(added, 1, "changes that fit")
            try requireEqual(try await store.read("x").metadata.count, 2, "values")
        },
        .init("an update can replace all tags") { store in
            _ = try await store.create(CustomerDraft(id: "x", name: "N", tags: ["t1", "t2"]))
            let changed = try await store.update("x", .init(tags: .init(replacement: ["t9", "t1"])))
            try requireEqual(Array(changed.tags), ["t9", "t1"], "the tags")
        },
        .init("what is known of a customer and all metadata can be replaced and removed") { store in
            _ = try await store.create(CustomerDraft(id: "x", name: "N", about: "old", metadata: ["a": 1, "b": 2]))
            let change = CustomerChange(
                about: .clear, metadata: .init(replacement: ["c": [.null]], set: ["d": 4], unset: ["e"]))
            let changed = try await store.update("x", change)
            try requireEqual(changed.about, nil, "what is known")
            let expected: JSONObject = ["c": [.null], "d": 4]
            try requireEqual(JSONValue.object(changed.metadata), .object(expected), "the metadata")
            try requireEqual(try await store.read("x"), changed, "the customer afterwards")
            for gone: JSONObject in [["a": 1], ["b": 2]] {
                try requireEqual(try await listedIDs(store, .init(metadata: gone)), [], "who has \(gone)")
            }
            try requireEqual(try await listedIDs(store, .init(metadata: expected)), ["x"], "who has the new ones")
        },
        .init("a key of metadata that looks like one that is there takes its place, in the new spelling") { store in
            let (composed, apart) = ("\u{E9}", "e\u{301}")
            let made = try await store.create(
                CustomerDraft(id: "x", name: "N", metadata: [composed: 1, "a": 2]))
            let changed = try await store.update("x", .init(metadata: .init(set: [apart: 1, "b": 3])))
            let expected: JSONObject = [apart: 1, "a": 2, "b": 3]
            try requireEqual(JSONValue.object(changed.metadata), .object(expected), "the metadata")
            try require(changed.updatedAt > made.updatedAt, "a change of spelling has no moment")
            try requireEqual(
                JSONValue.object(try await store.read("x").metadata), .object(expected), "the metadata afterwards")
            try requireEqual(try await listedIDs(store, .init(metadata: [composed: 1])), [], "who has the old spelling")
            try requireEqual(try await listedIDs(store, .init(metadata: [apart: 1])), ["x"], "who has the new one")
        },
        .init("a deleted customer is gone and its id free") { store in
            _ = try await store.create(CustomerDraft(id: "x", name: "Old"))
            try await store.delete("x")
            try await requireError(.notFound, "read after delete") { try await store.read("x") }
            try await requireError(.notFound, "a second delete") { try await store.delete("x") }
            try requireEqual(try await store.create(CustomerDraft(id: "x", name: "New")).name, "New", "the new one")
        },
    ]

    private static let guest: [ConformanceCheck<any CustomerStore>] = [
        .init("the guest is there from the beginning") { store in
            let guest = try await store.read(Customer.guestID)
            try requireEqual(guest.name, "Guest", "the guest's name")
            try require(guest.metadata.isEmpty && guest.tags.isEmpty, "the guest has metadata or tags")
            try requireEqual(try await store.read(Customer.guestID), guest, "the guest, read again")
        },
        .init("the guest cannot be created, changed or deleted") { store in
            try await requireError(.alreadyExists, "create") {
                try await store.create(CustomerDraft(id: Customer.guestID, name: "Me"))
            }
            try await requireError(.protected, "update") { try await store.update(Customer.guestID, .init(name: "M")) }
            try await requireError(.protected, "delete") { try await store.delete(Customer.guestID) }
            try requireEqual(try await store.read(Customer.guestID).name, "Guest", "the guest's name")
        },
    ]

    private static let lists: [ConformanceCheck<any CustomerStore>] = [
        .init("a list has the guest first, then everybody in order of creation, or against it") { store in
            let ids = try await fill(store, 20)
            try requireEqual(try await listedIDs(store, .init()), ["guest"] + ids, "ascending")
            let page = PageRequest(direction: .descending)
            try requireEqual(try await listedIDs(store, .init(page: page)), ["guest"] + ids.reversed(), "descending")
        },
        .init("creation times strictly increase") { store in
            _ = try await fill(store, 50)
            let times = try await store.list(.init()).items.dropFirst().map(\.createdAt)
            try require(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "two customers share a time")
        },
        .init("pages of any size, in both directions, give everybody once") { store in
            let ids = try await fill(store, 7)
            for limit in 1...10 {
                for direction in PageRequest.Direction.allCases {
                    let items = try await collectPages(limit: limit, direction: direction) { page in
                        try await store.list(CustomerQuery(page: page))
                    }
                    let expected = ["guest"] + (direction == .ascending ? ids : ids.reversed())
                    try requireEqual(items.map(\.id), expected, "pages of \(limit), \(direction)")
                }
            }
        },
        .init("the total counts what follows the cursor, and without a limit all of it comes") { store in
            let ids = try await fill(store, 5)
            let first = try await store.list(CustomerQuery(page: .init(limit: 2)))
            try requireEqual(first.totalCount, 6, "the total of the first page")
            let rest = try await store.list(CustomerQuery(page: .init(cursor: first.nextCursor)))
            try requireEqual(rest.items.map(\.id), Array(ids.dropFirst()), "what follows the first page")
            try requireEqual(rest.totalCount, 4, "the total of the rest")
            try require(!rest.hasMore && rest.nextCursor == nil, "more follows the end")
        },
        .init("a cursor keeps working when its customer is deleted") { store in
            let ids = try await fill(store, 5)
            for direction in PageRequest.Direction.allCases {
                let page = try await store.list(CustomerQuery(page: .init(limit: 3, direction: direction)))
                let last = page.items[2].id
                try await store.delete(last)
                let rest = try await store.list(
                    CustomerQuery(page: .init(cursor: page.nextCursor, direction: direction)))
                let expected = direction == .ascending ? Array(ids[2...]) : [ids[2], ids[0]]
                try requireEqual(rest.items.map(\.id), expected, "what follows the deleted one, \(direction)")
            }
        },
        .init("who is created while somebody pages comes last") { store in
            _ = try await fill(store, 3)
            let page = try await store.list(CustomerQuery(page: .init(limit: 2)))
            _ = try await store.create(CustomerDraft(id: "late", name: "L"))
            let rest = try await store.list(CustomerQuery(page: .init(cursor: page.nextCursor)))
            try requireEqual(rest.items.last?.id, "late", "the last of the list")
        },
        .init("a list by tags has those who have all of them") { store in
            _ = try await store.create(CustomerDraft(id: "a", name: "A", tags: ["t1"]))
            _ = try await store.create(CustomerDraft(id: "b", name: "B", tags: ["t2", "t1"]))
            try requireEqual(try await listedIDs(store, .init(tags: ["t1"])), ["a", "b"], "one tag")
            try requireEqual(try await listedIDs(store, .init(tags: ["t1", "t2"])), ["b"], "two tags")
            try requireEqual(try await listedIDs(store, .init(tags: ["t3"])), [], "an unknown tag")
        },
        .init("a list by metadata compares values as JSON, and pages") { store in
            for number in 0..<6 {
                let metadata: JSONObject = ["even": .boolean(number % 2 == 0), "deep": ["x": 1, "y": [.null]]]
                _ = try await store.create(CustomerDraft(id: .init("c\(number)"), name: "N", metadata: metadata))
            }
            let query: JSONObject = ["even": true, "deep": ["y": [.null], "x": 1.0]]
            try requireEqual(try await listedIDs(store, .init(metadata: query)), ["c0", "c2", "c4"], "equal metadata")
            try requireEqual(try await listedIDs(store, .init(metadata: ["deep": ["x": 1]])), [], "a part of an object")
            let both: JSONObject = ["even": true, "unknown": true]
            try requireEqual(try await listedIDs(store, .init(metadata: both)), [], "one key of two")
            try requireEqual(try await listedIDs(store, .init(metadata: ["even": .null])), [], "null is not absent")
            let paged = try await collectPages(limit: 1) { page in
                try await store.list(CustomerQuery(metadata: query, page: page))
            }
            try requireEqual(paged.map(\.id), ["c0", "c2", "c4"], "pages of one")
        },
        .init("a list by metadata takes texts and keys by their bytes, and numbers without rounding") { store in
            let (composed, apart) = ("\u{E9}", "e\u{301}")
            let all: [(CustomerID, JSONObject)] = [
                ("c0", ["v": .string(composed)]), ("c1", ["v": .string(apart)]), ("c2", [composed: 1]),
                ("c3", [apart: 1]), ("c4", ["deep": [["k": .object([composed: .string(apart)])]]]),
                ("c5", ["deep": [["k": .object([apart: .string(apart)])]]]), ("c6", ["q": 9_007_199_254_740_993]),
                ("c7", ["q": .number(9_007_199_254_740_992)]),
            ]
            for (id, metadata) in all {
                _ = try await store.create(CustomerDraft(id: id, name: "N", metadata: metadata))
            }
            for (id, metadata) in all {
                try requireEqual(try await listedIDs(store, .init(metadata: metadata)), [id], "who has \(metadata)")
            }
            for order in CustomerOrder.allCases {
                let query = CustomerQuery(metadata: ["q": 9_007_199_254_740_992], order: order)
                try requireEqual(try await listedIDs(store, query), ["c7"], "the same number, by \(order)")
            }
        },
    ]

    private static let orders: [ConformanceCheck<any CustomerStore>] = [
        .init("a list by change has who changed last at its end, in pages of any size") { store in
            let ids = try await fill(store, 6)
            _ = try await store.update(ids[1], .init(name: "later"))
            _ = try await store.update(ids[0], .init(metadata: .init(set: ["n": 1])))
            _ = try await store.update(ids[3], .init())
            let expected = Array(ids[2...]) + [ids[1], ids[0]]
            for direction in PageRequest.Direction.allCases {
                let sorted = direction == .ascending ? expected : expected.reversed()
                for limit in 1...8 {
                    let items = try await collectPages(limit: limit, direction: direction) { page in
                        try await store.list(CustomerQuery(order: .change, page: page))
                    }
                    try requireEqual(items.map(\.id), ["guest"] + sorted, "pages of \(limit), \(direction)")
                }
            }
        },
        .init("a list by change can be filtered, too") { store in
            for number in 0..<6 {
                let draft = CustomerDraft(
                    id: .init("c\(number)"), name: "N", metadata: ["even": .boolean(number % 2 == 0)], tags: ["t"])
                _ = try await store.create(draft)
            }
            _ = try await store.update("c0", .init(name: "later", tags: .init(add: ["u"])))
            let items = try await collectPages(limit: 2) { page in
                try await store.list(
                    CustomerQuery(tags: ["t"], metadata: ["even": true], order: .change, page: page))
            }
            try requireEqual(items.map(\.id), ["c2", "c4", "c0"], "who is even, by change")
        },
        .init("pages can begin at any place, with the guest or without") { store in
            let ids = try await fill(store, 5)
            for order in CustomerOrder.allCases {
                for includesGuest in [true, false] {
                    let all = (includesGuest ? ["guest"] : []) + ids
                    for offset in Array(0...7) + [.max] {
                        let page = try await store.list(
                            CustomerQuery(
                                includesGuest: includesGuest, order: order, offset: offset, page: .init(limit: 2)))
                        let place = "offset \(offset), guest \(includesGuest), by \(order)"
                        try requireEqual(page.items.map(\.id), Array(all.dropFirst(offset).prefix(2)), place)
                        try requireEqual(page.totalCount, max(0, all.count - offset), "the total at \(place)")
                        try requireEqual(page.hasMore, all.count - offset > 2, "whether more follow \(place)")
                    }
                }
            }
        },
        .init("a page that is not to be counted has the same customers, and says whether more follow") { store in
            let ids = try await fill(store, 5)
            let first = try await store.list(CustomerQuery(page: .init(limit: 3), countsAll: false))
            try requireEqual(first.items.map(\.id), ["guest"] + ids.prefix(2), "the first page")
            try require(first.hasMore, "nothing follows the first page")
            let rest = try await store.list(
                CustomerQuery(page: .init(limit: 3, cursor: first.nextCursor), countsAll: false))
            try requireEqual(rest.items.map(\.id), Array(ids.dropFirst(2)), "the last page")
            try require(!rest.hasMore && rest.nextCursor == nil, "more follows the end")
        },
    ]

    private static let concurrency: [ConformanceCheck<any CustomerStore>] = [
        .init("of 100 attempts at once to take an id, one succeeds") { store in
            let successes = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        do {
                            _ = try await store.create(CustomerDraft(id: "x", name: "N\(number)"))
                            return 1
                        } catch let error as StoreError where error.code == .alreadyExists {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            try requireEqual(successes, 1, "successes")
        },
        .init("200 updates at once are all kept") { store in
            _ = try await store.create(CustomerDraft(id: "x", name: "N"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let set: JSONObject = ["k\(number)": .integer(Int64(number))]
                        _ = try await store.update("x", .init(metadata: .init(set: set)))
                    }
                }
                try await group.waitForAll()
            }
            try requireEqual(try await store.read("x").metadata.count, 200, "metadata keys")
        },
    ]

    /// Creates `c0`, `c1`, … with ids whose alphabetical order is not that of creation.
    private static func fill(_ store: any CustomerStore, _ count: Int) async throws -> [CustomerID] {
        var ids: [CustomerID] = []
        for number in 0..<count {
            let id = CustomerID("\((number * 7 + 3) % 10)-\(number)")
            ids.append(try await store.create(CustomerDraft(id: id, name: "N\(number)")).id)
        }
        return ids
    }

    private static func listedIDs(_ store: any CustomerStore, _ query: CustomerQuery) async throws -> [CustomerID] {
        try await store.list(query).items.map(\.id)
    }
}
