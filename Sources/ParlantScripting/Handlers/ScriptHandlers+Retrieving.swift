import Logging
import LuaRuntime
import ParlantCore

extension ScriptHandlers {
    func retrieve(_ retriever: Retriever, in context: HandlerContext) async throws -> Retrieval? {
        let lane = calls.lane(of: context)
        let key = FunctionKey.retriever(retriever.id, of: context.agent.id)
        let scope = calls.scope(.retriever, context, "retriever \(retriever.id)")
        let place = calls.place(key, lane)
        return try await calls.guarded(scope, place: place) {
            let values = try await calls.call(key, LuaValue.nil, on: lane, scope, entry: "retrieve")
            guard values.first == .string("deferred"), values.count > 1, let number = values[1].int else {
                return try result(of: values, scope, place).map(Retrieval.result)
            }
            let function = DeferredFunction(number, of: lane.deferred)
            return .deferred { context in
                try await call(function, of: retriever.id, on: lane, in: context, place: place)
            }
        }
    }

    private func call(
        _ function: DeferredFunction, of retriever: RetrieverID, on lane: BundleLane, in context: HandlerContext,
        place: String
    ) async throws -> ToolResult? {
        var scope = calls.scope(.deferredRetriever, context, "deferred function of retriever \(retriever)")
        scope.matches = matches(context, lane)
        return try await calls.guarded(scope, place: place) { [scope] in
            try calls.generation.retirement.check()
            let values = try await lane.call("deferred", .integer(function.number), scope, [])
            return try result(of: values, scope, place)
        }
    }

    /// What a retriever brought; nil when it brought nothing. What it could not do is worth a line.
    private func result(of values: [LuaValue], _ scope: CallScope, _ place: String) throws -> ToolResult? {
        if values.first == .string("data"), values.count < 2 || [.nil, .null].contains(values[1]) { return nil }
        switch try ToolResultReader(limits: calls.limits, place: place).outcome(of: values) {
        case .result(let result): return result
        case .failure(let reason):
            calls.logger.info(
                "the retriever could not: \(calls.redactor.redact(reason))", metadata: scope.logMetadata)
            return nil
        case .invalid, .defect: return nil
        }
    }

    /// `ctx.matches`: guidelines of the bundle with their handles, others with their ids alone.
    private func matches(_ context: HandlerContext, _ lane: BundleLane) -> [LuaValue] {
        context.matchedGuidelines.map { match in
            let subject = FunctionKey.guideline(match.guideline.id, of: context.agent.id)
            return .object([
                LuaField("id", .string(match.guideline.id.rawValue)),
                LuaField("guideline", lane.handles[subject].map(LuaValue.handle) ?? .nil),
                LuaField("rationale", .string(match.rationale)), LuaField("score", .number(match.score)),
            ])
        }
    }
}
