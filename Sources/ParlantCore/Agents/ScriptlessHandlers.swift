/// The handlers of an agent without a script: there is nothing to run.
public struct ScriptlessHandlers: AgentHandlers {
    public init() {}

    public func match(
        _ guideline: Guideline, in context: HandlerContext
    ) async throws -> (applies: Bool, reason: String?) { (false, nil) }

    public func choices(
        of parameter: ToolParameter, of tool: Tool, in context: HandlerContext
    ) async throws -> [JSONValue] { [] }

    public func run(_ tool: Tool, arguments: JSONObject, in context: HandlerContext) async throws -> ToolOutcome {
        .defect("the agent has no script that could run the tool \(tool.id)")
    }

    public func cannedResponseFields(
        of owner: HandlerOwner, in context: HandlerContext
    ) async throws -> JSONObject { [:] }

    public func notify(
        _ handler: GuidelineHandler, of owner: HandlerOwner, match: GuidelineMatch?, in context: HandlerContext
    ) async throws {}

    public func retrieve(_ retriever: Retriever, in context: HandlerContext) async throws -> Retrieval? { nil }

    public func hasHooks(_ step: HookStep) -> Bool { false }

    public func runHooks(
        _ step: HookStep, _ event: HookEvent, in context: HandlerContext
    ) async throws -> HookVerdict { HookVerdict(.next, text: event.text) }
}
