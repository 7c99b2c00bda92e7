import ParlantCore
import Synchronization

/// Functions of a script, written in Swift.
final class FakeHandlers: AgentHandlers {
    typealias ToolBody = @Sendable (JSONObject, HandlerContext) async throws -> ToolOutcome
    typealias Matcher = @Sendable (HandlerContext) async throws -> (applies: Bool, reason: String?)

    typealias Retrieving = @Sendable (HandlerContext) async throws -> Retrieval?
    typealias HookBody = @Sendable (HookEvent, HandlerContext) async throws -> HookVerdict

    let tools: [String: ToolBody]
    let matchers: [GuidelineID: Matcher]
    let fields: [HandlerOwner: JSONObject]
    let retrievers: [RetrieverID: Retrieving]
    let hooks: [HookStep: [HookBody]]
    let choosing: @Sendable (ToolParameter) async throws -> [JSONValue]
    let notifications = Mutex<[String]>([])

    init(
        tools: [String: ToolBody] = [:], matchers: [GuidelineID: Matcher] = [:],
        fields: [HandlerOwner: JSONObject] = [:], retrievers: [RetrieverID: Retrieving] = [:],
        hooks: [HookStep: [HookBody]] = [:],
        choosing: @escaping @Sendable (ToolParameter) async throws -> [JSONValue] = { _ in ["checking", "savings"] }
    ) {
        self.choosing = choosing
        self.tools = tools
        self.matchers = matchers
        self.fields = fields
        self.retrievers = retrievers
        self.hooks = hooks
    }

    func match(_ guideline: Guideline, in context: HandlerContext) async throws -> (applies: Bool, reason: String?) {
        try await matchers[guideline.id]?(context) ?? (false, nil)
    }

    func choices(of parameter: ToolParameter, of tool: Tool, in context: HandlerContext) async throws -> [JSONValue] {
        try await choosing(parameter)
    }

    func run(_ tool: Tool, arguments: JSONObject, in context: HandlerContext) async throws -> ToolOutcome {
        try await tools[tool.id.name]?(arguments, context) ?? .defect("no such tool")
    }

    func cannedResponseFields(of owner: HandlerOwner, in context: HandlerContext) async throws -> JSONObject {
        fields[owner] ?? [:]
    }

    func notify(
        _ handler: GuidelineHandler, of owner: HandlerOwner, match: GuidelineMatch?, in context: HandlerContext
    ) async throws {
        let name = if case .guideline(let id) = owner { id.rawValue } else { owner.description }
        notifications.withLock { $0.append("\(handler.rawValue) \(name)") }
    }

    func retrieve(_ retriever: Retriever, in context: HandlerContext) async throws -> Retrieval? {
        try await retrievers[retriever.id]?(context)
    }

    func hasHooks(_ step: HookStep) -> Bool { hooks[step] != nil }

    func runHooks(
        _ step: HookStep, _ event: HookEvent, in context: HandlerContext
    ) async throws -> HookVerdict {
        var event = event
        for body in hooks[step] ?? [] {
            let verdict = try await body(event, context)
            event.text = verdict.text
            if verdict.decision != .next { return verdict }
        }
        return HookVerdict(.next, text: event.text)
    }
}

struct FakeCatalog: AgentCatalog {
    var snapshots: [AgentID: AgentSnapshot]

    func agents() -> [Agent] { snapshots.values.map(\.agent).sorted { $0.id < $1.id } }
    func snapshot(of id: AgentID) -> AgentSnapshot? { snapshots[id] }
}

struct NoModel: NLPService {
    var summary: String { "offline" }
    var generator: (any SchematicGenerator)? { nil }
    var embedder: (any Embedder)? { nil }
}

/// A model whose answers are given by schema name.
final class ScriptedModel: NLPService, SchematicGenerator {
    typealias Answer = @Sendable (GenerationRequest) async throws -> JSONValue

    let answers: [String: Answer]
    let requests = Mutex<[GenerationRequest]>([])

    init(_ answers: [String: Answer]) { self.answers = answers }

    var summary: String { "scripted" }
    var generator: (any SchematicGenerator)? { self }
    var embedder: (any Embedder)? { nil }

    func generate(_ request: GenerationRequest) async throws -> Generation {
        requests.withLock { $0.append(request) }
        guard let answer = answers[request.schemaName] else {
            throw NLPError(.malformed, "no answer for \(request.schemaName)")
        }
        return Generation(content: try await answer(request))
    }
}

extension Guideline {
    /// A guideline with the parts that a test cares about.
    static func make(
        _ id: GuidelineID, _ condition: String?, action: String? = "Do it", matcher: Matcher = .condition,
        tools: [String] = [], responses: [CannedResponseID] = [], priority: Int = 0,
        handlers: Set<GuidelineHandler> = [], mode: CompositionMode? = nil, labels: [String] = []
    ) -> Guideline {
        Guideline(
            id: id, content: GuidelineContent(condition: condition, action: action), priority: priority,
            matcher: matcher, tools: tools.map { ToolID(service: "test", name: $0) }, cannedResponses: responses,
            compositionMode: mode, handlers: handlers, labels: .init(labels))
    }
}

extension CannedResponse {
    static func make(_ id: CannedResponseID, _ text: String, dependencies: [String] = []) throws -> CannedResponse {
        CannedResponse(id: id, template: try CannedResponseTemplate(text), fieldDependencies: dependencies)
    }
}
