public import ParlantCore

/// What every ``ExplanationStore`` keeps. Give each check a store of its own.
public enum ExplanationStoreConformance {
    /// All rules.
    public static let checks: [ConformanceCheck<any ExplanationStore>] = [
        .init("an explanation comes back as it was saved") { store in
            let saved = explanation("s1", "t1", ["a": [1, .null, ["b": "text"]], "c": 1.5])
            try await store.save(saved)
            try requireEqual(try await store.find("t1", of: "s1"), saved, "the explanation")
        },
        .init("a turn without explanation has none") { store in
            try await store.save(explanation("s1", "t1", [:]))
            try requireEqual(try await store.find("t2", of: "s1"), nil, "of another turn")
            try requireEqual(try await store.find("t1", of: "s2"), nil, "of another session")
        },
        .init("the explained turns of a session are listed, oldest first") { store in
            for trace in ["t2", "t1", "t3"] as [TraceID] { try await store.save(explanation("s1", trace, [:])) }
            try await store.save(explanation("s2", "t4", [:]))
            try requireEqual(try await store.traces(of: "s1"), ["t2", "t1", "t3"], "the turns")
            try requireEqual(try await store.traces(of: "s3"), [], "the turns of another session")
        },
        .init("saving again replaces") { store in
            try await store.save(explanation("s1", "t1", ["n": 1]))
            try await store.save(explanation("s1", "t1", ["n": 2]))
            try requireEqual(try await store.find("t1", of: "s1"), explanation("s1", "t1", ["n": 2]), "the explanation")
        },
        .init("deleting a session's explanations leaves those of others, and none is fine") { store in
            try await store.deleteAll(of: "s1")
            try await store.save(explanation("s1", "t1", [:]))
            try await store.save(explanation("s1", "t2", [:]))
            try await store.save(explanation("s2", "t1", [:]))
            try await store.deleteAll(of: "s1")
            try requireEqual(try await store.find("t1", of: "s1"), nil, "the first")
            try requireEqual(try await store.find("t2", of: "s1"), nil, "the second")
            try requireEqual(try await store.find("t1", of: "s2") != nil, true, "whether the other's is there")
        },
    ]

    private static func explanation(_ session: SessionID, _ trace: TraceID, _ content: JSONObject) -> Explanation {
        Explanation(session: session, traceID: trace, content: JSONWriter.bytes(of: .object(content)))
    }
}
