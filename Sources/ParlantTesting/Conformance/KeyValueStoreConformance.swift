public import ParlantCore

/// What every ``KeyValueStore`` keeps. Give each check a store of its own, with the limits and the clock.
public enum KeyValueStoreConformance {
    /// A store, the clock by which its lifetimes run, and its limits: the default ones take a slow store its time.
    public struct Subject: Sendable {
        public var store: any KeyValueStore
        public var clock: ManualClock
        public var limits: KeyValueLimits

        public init(_ store: any KeyValueStore, _ clock: ManualClock, limits: KeyValueLimits = .init()) {
            self.store = store
            self.clock = clock
            self.limits = limits
        }
    }

    private static let session = KeyValueScope.session("s1")

    /// All rules.
    public static let checks: [ConformanceCheck<Subject>] = values + counting + lifetimes + limits

    private static let values: [ConformanceCheck<Subject>] = [
        .init("a value comes back as it was set, null included") { subject in
            let store = subject.store
            let values: [JSONValue] = [.null, true, 7, 1.5, "text", [1, [:]], ["a": ["b": .null]]]
            for value in values {
                try await store.set("k", to: value, in: session, lifetime: nil)
                try requireEqual(try await store.read("k", in: session), value, "the value")
            }
        },
        .init("a key without value reads as nil, and deleting it is fine") { subject in
            try requireEqual(try await subject.store.read("k", in: session), nil, "the value")
            try await subject.store.delete("k", in: session)
        },
        .init("the entries of a scope are listed by key, with their ends, and without those of others") { subject in
            let store = subject.store
            for key in ["b", "ü", "a", "gone"] { try await store.set(key, to: [1], in: session, lifetime: nil) }
            try await store.set("x", to: 1, in: .session("s1:"), lifetime: nil)
            try await store.set("short", to: 2, in: session, lifetime: .seconds(5))
            try await store.set("a", to: .null, in: session, lifetime: .seconds(9))
            try await store.delete("gone", in: session)
            let end = subject.clock.now.advanced(by: .seconds(9))
            subject.clock.advance(by: .seconds(5))
            let expected = [
                KeyValueEntry(scope: session, key: "a", value: .null, endsAt: end),
                KeyValueEntry(scope: session, key: "b", value: [1]),
                KeyValueEntry(scope: session, key: "ü", value: [1]),
            ]
            try requireEqual(try await store.entries(in: session), expected, "the entries")
            try requireEqual(try await store.entries(in: .session("s2")), [], "those of another")
        },
        .init("a deleted entry is gone") { subject in
            try await subject.store.set("k", to: 1, in: session, lifetime: nil)
            try await subject.store.delete("k", in: session)
            try requireEqual(try await subject.store.read("k", in: session), nil, "the value")
        },
        .init("sessions, customers and agents see nothing of each other, even with one id") { subject in
            let scopes: [KeyValueScope] = [.session("x"), .customer("x"), .agent("x"), .session("y")]
            for (number, scope) in scopes.enumerated() {
                try await subject.store.set("k", to: .integer(Int64(number)), in: scope, lifetime: nil)
            }
            try await subject.store.deleteAll(in: scopes[1])
            for (number, scope) in scopes.enumerated() {
                let expected: JSONValue? = number == 1 ? nil : .integer(Int64(number))
                try requireEqual(try await subject.store.read("k", in: scope), expected, "the value of \(scope)")
            }
        },
        .init("add sets what is not there, and says so") { subject in
            let first = try await subject.store.add("k", "one", in: session, lifetime: nil)
            let second = try await subject.store.add("k", "two", in: session, lifetime: nil)
            try require(first && !second, "expected true, then false; got \(first), then \(second)")
            try requireEqual(try await subject.store.read("k", in: session), "one", "the value")
        },
        .init("of 100 adds at once, one gets true") { subject in
            let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await subject.store.add("k", .integer(Int64(number)), in: session, lifetime: nil)
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try requireEqual(wins, 1, "the number of adds that got true")
        },
    ]

    private static let counting: [ConformanceCheck<Subject>] = [
        .init("increment begins at 0, goes both ways, and loses none of 100 at once") { subject in
            try requireEqual(try await subject.store.increment("k", by: 5, in: session), 5, "the first")
            try requireEqual(try await subject.store.increment("k", by: -7, in: session), -2, "the second")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask { _ = try await subject.store.increment("k", by: 1, in: session) }
                }
                try await group.waitForAll()
            }
            try requireEqual(try await subject.store.read("k", in: session), 98, "the number")
        },
        .init("what is no whole number, or has no room, cannot be counted up and stays") { subject in
            for value in ["text", 1.5, .null, .integer(.max)] as [JSONValue] {
                try await subject.store.set("k", to: value, in: session, lifetime: nil)
                try await requireError(.mismatch, "increment of \(value)") {
                    try await subject.store.increment("k", by: 1, in: session)
                }
                try requireEqual(try await subject.store.read("k", in: session), value, "the value afterwards")
            }
        },
    ]

    private static let lifetimes: [ConformanceCheck<Subject>] = [
        .init("an entry is there until its lifetime is over") { subject in
            try await subject.store.set("k", to: 1, in: session, lifetime: .seconds(10))
            subject.clock.advance(by: .milliseconds(9999))
            try requireEqual(try await subject.store.read("k", in: session), 1, "the value before")
            subject.clock.advance(by: .milliseconds(1))
            try requireEqual(try await subject.store.read("k", in: session), nil, "the value after")
            let isNew = try await subject.store.add("k", 2, in: session, lifetime: nil)
            try require(isNew, "add found an entry whose lifetime is over")
        },
        .init("set begins a lifetime anew or ends it, increment lets it run") { subject in
            try await subject.store.set("a", to: 1, in: session, lifetime: .seconds(10))
            try await subject.store.set("b", to: 1, in: session, lifetime: .seconds(10))
            try await subject.store.set("c", to: 1, in: session, lifetime: .seconds(10))
            subject.clock.advance(by: .seconds(6))
            try await subject.store.set("a", to: 2, in: session, lifetime: .seconds(10))
            try await subject.store.set("b", to: 2, in: session, lifetime: nil)
            _ = try await subject.store.increment("c", by: 1, in: session)
            subject.clock.advance(by: .seconds(6))
            try requireEqual(try await subject.store.read("a", in: session), 2, "the entry that began anew")
            try requireEqual(try await subject.store.read("b", in: session), 2, "the entry without lifetime")
            try requireEqual(try await subject.store.read("c", in: session), nil, "the entry that was counted up")
            try requireEqual(try await subject.store.increment("c", by: 1, in: session), 1, "a count begun anew")
        },
    ]

    private static let limits: [ConformanceCheck<Subject>] = [
        .init("what is too large is refused, and what was there stays") { subject in
            let limits = subject.limits
            try await subject.store.set("k", to: 1, in: session, lifetime: nil)
            for (key, value) in [
                ("", 1), (String(repeating: "é", count: limits.keyBytes / 2 + 1), 1),
                ("k", .string(String(repeating: "x", count: limits.valueBytes - 1))),
            ] as [(String, JSONValue)] {
                try await requireError(.tooLarge, "set") {
                    try await subject.store.set(key, to: value, in: session, lifetime: nil)
                }
                try await requireError(.tooLarge, "add") {
                    try await subject.store.add(key, value, in: session, lifetime: nil)
                }
            }
            let largest = JSONValue.string(String(repeating: "x", count: limits.valueBytes - 2))
            try requireEqual(try await subject.store.read("k", in: session), 1, "the value afterwards")
            try await subject.store.set(
                String(repeating: "k", count: limits.keyBytes), to: largest, in: session, lifetime: nil)
        },
        .init("a full scope takes changes and no new entries, until some are gone") { subject in
            let limits = subject.limits
            // Many at once, because a durable store takes its time for each.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<100 {
                    group.addTask {
                        for number in stride(from: part, to: limits.entries, by: 100) {
                            try await subject.store.set("k\(number)", to: 1, in: session, lifetime: .seconds(10))
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await subject.store.set("k0", to: 2, in: session, lifetime: .seconds(20))
            try await requireError(.tooLarge, "one entry more") {
                try await subject.store.set("new", to: 1, in: session, lifetime: nil)
            }
            try await subject.store.set("new", to: 1, in: .session("other"), lifetime: nil)
            subject.clock.advance(by: .seconds(10))
            try await subject.store.set("new", to: 1, in: session, lifetime: nil)
            try requireEqual(try await subject.store.read("k0", in: session), 2, "an entry that lives longer")
        },
        .init("the bytes of a scope have a limit") { subject in
            let limits = subject.limits
            let value = JSONValue.string(String(repeating: "x", count: limits.valueBytes - 2))
            let fitting = limits.scopeBytes / (limits.valueBytes + 3)
            for number in 0..<fitting {
                try await subject.store.set("k\(number)", to: value, in: session, lifetime: nil)
            }
            try await requireError(.tooLarge, "one value more") {
                for number in 0..<2 {
                    try await subject.store.set("m\(number)", to: value, in: session, lifetime: nil)
                }
            }
        },
    ]
}
