import ParlantCore

/// Functions of scripts that look on at steps of one turn. A step at which nobody looks on costs a look-up.
///
/// A hook that fails changes nothing; the handlers log it.
struct TurnHooks: Sendable {
    private let context: TurnContext

    init(_ context: TurnContext) { self.context = context }

    /// Asks whether the turn goes on at a step without a text.
    ///
    /// - Parameter error: What broke the turn, for the step of that name.
    /// - Returns: False when a hook stops it.
    /// - Throws: `CancellationError`.
    func allow(_ step: HookStep, error: String? = nil) async throws -> Bool {
        try await run(step, nil, error: error).decision != .bail
    }

    /// Lets the hooks of a step change a text.
    ///
    /// - Returns: What they made of it; nil when one stops the turn at this step.
    /// - Throws: `CancellationError`.
    func text(_ step: HookStep, _ text: String) async throws -> String? {
        let verdict = try await run(step, text)
        return verdict.decision == .bail ? nil : verdict.text ?? text
    }

    /// Runs the hooks of a step that has a text.
    ///
    /// - Throws: `CancellationError`.
    func run(_ step: HookStep, _ text: String?, error: String? = nil) async throws -> HookVerdict {
        let handlers = context.snapshot.handlers
        guard handlers.hasHooks(step) else { return HookVerdict(.next, text: text) }
        let begin = context.clock.uptime
        let verdict = try await handlers.runHooks(
            step, HookEvent(text: text, error: error), in: context.handlerContext)
        let run = HookRun(
            step: step, verdict: verdict, hasChangedText: text != nil && verdict.text != nil && verdict.text != text,
            duration: context.clock.uptime - begin)
        context.recorder.note { $0.hooks.append(run) }
        return verdict
    }
}

/// A hook ended the turn before anything was found out: nothing is said, and that is no failure.
struct TurnDropped: Error {
    let step: HookStep
}
