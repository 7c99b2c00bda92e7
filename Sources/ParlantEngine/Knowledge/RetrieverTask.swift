import Logging
import ParlantCore

/// What a retriever brought for the coming reply.
struct Retrieved: Sendable, Equatable {
    var retriever: RetrieverID
    var result: ToolResult
}

/// Runs the retrievers of a turn beside its preparation: those of its agent from the begin, those of journeys and
/// guidelines once it is known that they count. Only the agent's own run (in the reference one agent's ran for all:
/// `domain.md` D5).
///
/// Who starts it must ``finish(_:_:)`` or ``cancel()`` it.
final class RetrieverTask: Sendable {
    private let early: Task<[Found], Never>
    private let earlyIDs: Set<RetrieverID>
    private let logger: Logger

    private struct Found: Sendable {
        var retriever: Retriever
        var retrieval: Retrieval
    }

    /// Starts the retrievers that count in every turn.
    init(_ context: TurnContext, _ logger: Logger) {
        let retrievers = context.snapshot.retrievers.filter { $0.scope == .agent }
        earlyIDs = Set(retrievers.map(\.id))
        self.logger = logger
        early = Task { await Self.run(retrievers, context.snapshot.handlers, context.handlerContext, logger) }
    }

    /// Ends what runs; nothing is brought.
    func cancel() { early.cancel() }

    /// Runs the retrievers of what applies, then what the earlier ones left for later, and waits for all.
    ///
    /// - Parameter context: With the matched guidelines, which functions that were left for later see.
    /// - Returns: In the order of definition. One that failed is left out, with a line in the log.
    /// - Throws: `CancellationError` when the turn was cancelled.
    func finish(_ context: TurnContext, isActive: (Scope) -> Bool) async throws -> [Retrieved] {
        let snapshot = context.snapshot
        let handlerContext = context.handlerContext
        let late = snapshot.retrievers.filter { !earlyIDs.contains($0.id) && isActive($0.scope) }
        async let scoped = Self.run(late, snapshot.handlers, handlerContext, logger)
        let found = await withTaskCancellationHandler {
            await early.value
        } onCancel: {
            early.cancel()
        }
        let all = found + (await scoped)
        try Task.checkCancellation()
        let results = await withTaskGroup(of: Retrieved?.self) { group in
            for one in all { group.addTask { [logger] in await Self.complete(one, handlerContext, logger) } }
            return await group.reduce(into: [RetrieverID: Retrieved]()) { results, one in
                if let one { results[one.retriever] = one }
            }
        }
        try Task.checkCancellation()
        return snapshot.retrievers.compactMap { results[$0.id] }
    }

    private static func run(
        _ retrievers: [Retriever], _ handlers: any AgentHandlers, _ context: HandlerContext, _ logger: Logger
    ) async -> [Found] {
        await withTaskGroup(of: Found?.self) { group in
            for retriever in retrievers {
                group.addTask {
                    do {
                        return try await handlers.retrieve(retriever, in: context)
                            .map { Found(retriever: retriever, retrieval: $0) }
                    } catch {
                        note(error, retriever, logger)
                        return nil
                    }
                }
            }
            return await group.reduce(into: []) { found, one in if let one { found.append(one) } }
        }
    }

    private static func complete(_ found: Found, _ context: HandlerContext, _ logger: Logger) async -> Retrieved? {
        switch found.retrieval {
        case .result(let result): return Retrieved(retriever: found.retriever.id, result: result)
        case .deferred(let body):
            do {
                return try await body(context).map { Retrieved(retriever: found.retriever.id, result: $0) }
            } catch {
                note(error, found.retriever, logger)
                return nil
            }
        }
    }

    private static func note(_ error: any Error, _ retriever: Retriever, _ logger: Logger) {
        guard !(error is CancellationError) else { return }
        logger.error(
            "a retriever failed; the reply goes without it",
            metadata: ["retriever": "\(retriever.id)", "error": "\(error)"])
    }
}
