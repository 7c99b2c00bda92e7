import ParlantCore

/// Functions of scripts that look on at steps of one turn. A step at which nobody looks on costs a look-up.
///
/// A hook that fails changes nothing; the handlers log it.
struct TurnHooks: Sendable {
    private let context: TurnContext

    init(_ context: TurnContext) { self.context = context }

    /// Asks whether the turn goes on at a step without a text.
    ///
    /// - Returns: False when a hook stops it.
    /// - Throws: `CancellationError`.
    func allow(_ step: HookStep) async throws -> Bool { try await run(step, nil).decision != .bail }

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
    func run(_ step: HookStep, _ text: String?) async throws -> HookVerdict {
        let handlers = context.snapshot.handlers
        guard handlers.hasHooks(step) else { return HookVerdict(.next, text: text) }
        return try await handlers.runHooks(step, HookEvent(text: text), in: context.handlerContext)
    }
}
