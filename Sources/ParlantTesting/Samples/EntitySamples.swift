public import OrderedCollections
public import ParlantCore

/// Entities of each kind for tests of stores: one with as little as possible, then some with every member set.
public enum EntitySamples {
    /// JSON with every type in it, and characters that need care.
    public static let json: JSONObject = [
        "text": "quote \" backslash \\ line\nnull \u{0} ü 🚲", "": "empty key", "integer": 9_007_199_254_740_993,
        "large": .largeInteger("123456789012345678901234567890"), "number": 0.1, "whole": 2.0, "true": true,
        "null": .null, "array": [1, [], [:], .null], "object": ["b": 1, "a": ["deep": "er"]],
    ]
    /// The tags that the full samples have.
    public static let tags: OrderedSet<TagID> = ["t2", "t1", "agent:a"]
    private static let location = SourceLocation(file: "agents/a.lua", line: 12)
    private static let tool = ToolID(service: "plug:in", name: "t")

    public static let agents: [Agent] = [
        Agent(id: "plain", name: "N"),
        Agent(
            id: "full", name: "ü \"", description: "d", maxEngineIterations: 7, compositionMode: .strict,
            outputMode: .stream, preamble: Preamble(examples: ["One moment"], instructions: ["Be brief"]),
            pacing: .voice, doubleText: .merge, memory: MemoryUse(remember: true), tags: tags,
            location: location),
        Agent(id: "free", name: "N", compositionMode: .free, preamble: Preamble(), pacing: Pacing.none),
    ]

    public static let guidelines: [Guideline] = [
        Guideline(id: "plain", content: GuidelineContent(condition: nil, action: nil)),
        Guideline(
            id: "full", content: GuidelineContent(condition: "c", action: "a", description: "d"), title: "t",
            criticality: .high, priority: -3, track: false, matcher: .always, examples: ["e", ""],
            tools: [tool], cannedResponses: ["c1", "c2"], compositionMode: .composited,
            handlers: [.onMessage, .onSelected], tags: tags, labels: ["l2", "l1"], metadata: json, enabled: false,
            scope: .journey("j"), location: location),
        Guideline(
            id: "code", content: GuidelineContent(condition: "c", action: nil), matcher: .code,
            scope: .guideline("g")),
    ]

    public static let terms: [Term] = [
        Term(id: "plain", name: "n", description: ""),
        Term(id: "full", name: "n", description: "d", synonyms: ["b", "a"], tags: tags, location: location),
    ]

    public static let variables: [ContextVariable] = [
        ContextVariable(id: "plain", name: "n"),
        ContextVariable(
            id: "full", name: "n", description: "d", tool: tool, freshness: CronExpression("*/5 * * * mon"),
            tags: tags, scope: .journey("j"), location: location),
    ]

    public static let values: [VariableValue] = [
        VariableValue(
            variable: "v", key: VariableValue.defaultKey, revision: "r", modifiedAt: Timestamp(microseconds: 1),
            data: .null),
        VariableValue(
            variable: "v/1:w", key: "tag:x", revision: "r2", modifiedAt: Timestamp(microseconds: 1_764_000_000_123_456),
            data: .object(json), location: location),
    ]

    public static let capabilities: [Capability] = [
        Capability(id: "plain", title: "t", description: "d"),
        Capability(id: "full", title: "t", description: "d", signals: ["s2", "s1"], tags: tags),
    ]

    public static let relationships: [Relationship] = [
        Relationship(id: "plain", kind: .priority, source: .guideline("g"), target: .tag("t")),
        Relationship(
            id: "full", kind: .dependency, source: .tool(tool), target: .tag("t"), group: "g", quantifier: .any,
            location: location),
    ]

    public static let services: [ToolService] = [
        ToolService(id: "plain", kind: .mcp, url: "http://127.0.0.1:1"),
        ToolService(id: "full", kind: .openapi, url: "https://x", source: "https://x/openapi.json", location: location),
    ]

    public static let evaluations: [Evaluation] = [
        Evaluation(id: "plain", payloads: []),
        Evaluation(
            id: "full",
            payloads: [
                Evaluation.Payload(condition: "c"),
                Evaluation.Payload(
                    condition: "c", action: "a", tools: [tool], operation: .update, updatedID: "g",
                    proposesAction: true, proposesProperties: true, proposesJourneyNode: true),
            ]),
    ]

    public static let documents: [Document] = [
        Document(id: "plain", owner: .agent("a"), title: "t", content: .text("")),
        Document(
            id: "full", owner: .customer("a"), title: "ü \"", content: .parts(["one", "two\n\u{0}🚲"]), metadata: json),
        Document(id: "none", owner: .customer("a b/ü"), title: "t", content: .parts([])),
    ]

    public static let memories: [Memory] = [
        Memory(id: "plain", customer: "c", agent: "a", content: "m"),
        Memory(
            id: "full", customer: "c", agent: "a/b", kind: .episode, content: "ü \"", entities: ["Ann", "Rome"],
            moment: Timestamp(microseconds: 1_764_000_000_123_456), importance: 0.1, sentiment: -1, session: "s",
            lastAccessedAt: Timestamp(microseconds: 7)),
    ]
}
