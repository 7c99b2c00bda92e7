import Logging
import ParlantCore
import Synchronization

/// Shows what a ``PacingMachine`` wants to show, beside a turn. It belongs to the turn: whoever starts it ends it, before
/// the reply, and before the turn's last status.
final class PacingTask: Sendable {
    private let inputs: AsyncStream<PacingMachine.Input>.Continuation
    private let task: Task<Void, Never>
    private let said: Said

    private final class Said: Sendable { let text = Mutex<String?>(nil) }

    /// Starts at once.
    ///
    /// - Parameter words: Finds the first words; nil when there are none. Its task is cancelled with this one.
    init(
        _ machine: PacingMachine, _ emitter: TurnEmitter, _ hooks: TurnHooks, clock: any TimeSource, logger: Logger,
        words: @escaping @Sendable () async -> String?
    ) {
        let (stream, inputs) = AsyncStream.makeStream(of: PacingMachine.Input.self)
        let said = Said()
        self.inputs = inputs
        self.said = said
        inputs.yield(.begin)
        task = Task {
            await withDiscardingTaskGroup { group in
                var machine = machine
                for await input in stream {
                    for action in machine.handle(input) {
                        switch action {
                        case .findWords:
                            group.addTask { inputs.yield(.worded(await Self.found(words, hooks))) }
                        case .wait(let time, let timer):
                            group.addTask {
                                guard (try? await clock.sleep(for: time)) != nil else { return }
                                inputs.yield(.elapsed(timer))
                            }
                        case .say, .show:
                            guard await Self.show(action, emitter, hooks, said, logger) else {
                                return group.cancelAll()
                            }
                        }
                    }
                }
                group.cancelAll()
            }
        }
    }

    /// The first words that the customer has seen in this turn.
    var preamble: String? { said.text.withLock { $0 } }

    /// The reply is written from now on.
    func composing() { inputs.yield(.composing) }

    /// Stops, and returns when nothing more can appear. Again, it returns at once.
    func end() async {
        task.cancel()
        inputs.finish()
        await task.value
    }

    /// The words that are to be said, as hooks leave them; nil for none.
    private static func found(_ words: @Sendable () async -> String?, _ hooks: TurnHooks) async -> String? {
        do {
            guard try await hooks.allow(.generatingPreamble), let text = await words() else { return nil }
            return try await hooks.text(.preambleGenerated, text)
        } catch {
            // The turn is over or the reply is there.
            return nil
        }
    }

    /// False when nothing can be shown any more.
    private static func show(
        _ action: PacingMachine.Action, _ emitter: TurnEmitter, _ hooks: TurnHooks, _ said: Said, _ logger: Logger
    ) async -> Bool {
        do {
            switch action {
            case .say(let text):
                _ = try await emitter.status(.typing)
                try await emitter.message(Reply(text: text, tags: [CannedResponse.preambleTag.rawValue]))
                said.text.withLock { $0 = text }
                _ = try await emitter.status(.ready)
                _ = try await hooks.run(.preambleEmitted, text)
            case .show(.typing): _ = try await emitter.status(.typing)
            case .show(.interpreting): _ = try await emitter.status(.processing, ["stage": "Interpreting"])
            case .show(.thinking): _ = try await emitter.status(.processing, ["stage": "Thinking"])
            case .findWords, .wait: break
            }
            return true
        } catch {
            if !(error is CancellationError) {
                logger.warning("a sign of life could not be stored", metadata: ["error": "\(error)"])
            }
            return false
        }
    }
}
