import ParlantCore

/// Two agents without guidelines.
struct Agents: AgentCatalog {
    private static let all = [
        Agent(id: "bank", name: "Bank", description: "Helps.", tags: ["t"]),
        Agent(id: "strict one", name: "Strict", maxEngineIterations: 5, compositionMode: .strict, outputMode: .stream),
    ]

    func agents() -> [Agent] { Self.all }

    func snapshot(of id: AgentID) -> AgentSnapshot? {
        Self.all.first { $0.id == id }.map { AgentSnapshot(agent: $0, handlers: ScriptlessHandlers()) }
    }
}

/// A provider without a model.
struct NoModel: NLPService {
    var summary: String { "none" }
    var generator: (any SchematicGenerator)? { nil }
    var embedder: (any Embedder)? { nil }
}
