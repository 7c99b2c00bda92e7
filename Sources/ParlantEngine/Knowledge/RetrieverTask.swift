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
    private let early: Task<[RetrieverRunner.Found], Never>
    private let earlyIDs: Set<RetrieverID>
    private let runner: RetrieverRunner

    /// Starts the retrievers that count in every turn.
    init(_ context: TurnContext, _ logger: Logger) {
        let retrievers = context.snapshot.retrievers.filter { $0.scope == .agent }
        earlyIDs = Set(retrievers.map(\.id))
        let runner = RetrieverRunner(
            handlers: context.snapshot.handlers, recorder: context.recorder, clock: context.clock, logger: logger)
        self.runner = runner
        early = Task { await runner.run(retrievers, context.handlerContext) }
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
        async let scoped = runner.run(late, handlerContext)
        let found = await withTaskCancellationHandler {
            await early.value
        } onCancel: {
            early.cancel()
        }
        let all = found + (await scoped)
        try Task.checkCancellation()
        let results = await withTaskGroup(of: Retrieved?.self) { group in
            for one in all { group.addTask { [runner] in await runner.complete(one, handlerContext) } }
            return await group.reduce(into: [RetrieverID: Retrieved]()) { results, one in
                if let one { results[one.retriever] = one }
            }
        }
        try Task.checkCancellation()
        return snapshot.retrievers.compactMap { results[$0.id] }
    }
}

/// Runs single retrievers and notes what came of each.
private struct RetrieverRunner: Sendable {
    struct Found: Sendable {
        var retriever: Retriever
        var retrieval: Retrieval
        var duration: Duration
    }

    let handlers: any AgentHandlers
    let recorder: TurnRecorder
    let clock: any TimeSource
    let logger: Logger

    /// All of them side by side; those that failed or have nothing to say are left out.
    func run(_ retrievers: [Retriever], _ context: HandlerContext) async -> [Found] {
        await withTaskGroup(of: Found?.self) { group in
            for retriever in retrievers { group.addTask { await run(retriever, context) } }
            return await group.reduce(into: []) { found, one in if let one { found.append(one) } }
        }
    }

    private func run(_ retriever: Retriever, _ context: HandlerContext) async -> Found? {
        let begin = clock.uptime
        do {
            if let retrieval = try await handlers.retrieve(retriever, in: context) {
                return Found(retriever: retriever, retrieval: retrieval, duration: clock.uptime - begin)
            }
            note(retriever, .nothing, clock.uptime - begin)
        } catch {
            note(error, retriever, clock.uptime - begin)
        }
        return nil
    }

    /// What it brought, after the part that was left for later has run.
    func complete(_ found: Found, _ context: HandlerContext) async -> Retrieved? {
        let begin = clock.uptime
        func duration() -> Duration { found.duration + (clock.uptime - begin) }
        do {
            let result: ToolResult? =
                switch found.retrieval {
                case .result(let result): result
                case .deferred(let body): try await body(context)
                }
            note(found.retriever, result.map { .result($0) } ?? .nothing, duration())
            return result.map { Retrieved(retriever: found.retriever.id, result: $0) }
        } catch {
            note(error, found.retriever, duration())
            return nil
        }
    }

    private func note(_ retriever: Retriever, _ outcome: RetrieverRun.Outcome, _ duration: Duration) {
        recorder.note {
            $0.knowledge.retrievals.append(
                RetrieverRun(retriever: retriever.id, outcome: outcome, duration: duration))
        }
    }

    private func note(_ error: any Error, _ retriever: Retriever, _ duration: Duration) {
        guard !(error is CancellationError) else { return }
        note(retriever, .failed, duration)
        logger.error(
            "a retriever failed; the reply goes without it",
            metadata: ["retriever": "\(retriever.id)", "error": "\(error)"])
    }
}
