import ParlantCore

/// Two agents without guidelines.
struct Agents: AgentCatalog {
    private static let all = [
        Agent(id: "bank", name: "Bank", description: "Helps.", tags: ["t"]),
        Agent(id: "strict one", name: "Strict", maxEngineIterations: 5, compositionMode: .strict, outputMode: .stream),
    ]

    func agents() -> [Agent] { Self.all }

    func snapshot(of id: AgentID) -> AgentSnapshot? {
        Self.all.first { $0.id == id }.map { AgentSnapshot(agent: $0, handlers: NoHandlers()) }
    }
}

/// A provider without a model.
struct NoModel: NLPService {
    var summary: String { "none" }
    var generator: (any SchematicGenerator)? { nil }
    var embedder: (any Embedder)? { nil }
}

/// For agents whose scripts have no functions.
struct NoHandlers: AgentHandlers {
    func match(
        _ guideline: Guideline, in context: HandlerContext
    ) async throws -> (applies: Bool, reason: String?) { (false, nil) }

    func choices(
        of parameter: ToolParameter, of tool: Tool, in context: HandlerContext
    ) async throws -> [JSONValue] { [] }

    func run(_ tool: Tool, arguments: JSONObject, in context: HandlerContext) async throws -> ToolOutcome {
        throw CancellationError()
    }

    func cannedResponseFields(
        of guideline: Guideline, in context: HandlerContext
    ) async throws -> JSONObject { [:] }

    func notify(
        _ handler: GuidelineHandler, of match: GuidelineMatch, in context: HandlerContext
    ) async throws {}
}
