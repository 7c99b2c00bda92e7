import ParlantCore
import Synchronization

/// Sends what a composer says into the turn's session, and remembers it.
final class TurnOutput: ReplyOutput {
    private let emitter: TurnEmitter
    private let hooks: TurnHooks?
    private let latch: @Sendable () throws -> Void
    private let pacing: PacingTask?
    private let delays: PacingDelays
    private let clock: any TimeSource
    private let sent = Mutex<[(reply: Reply, event: Event)]>([])

    /// - Parameters:
    ///   - hooks: See each reply before it is sent, may change it, and may drop it.
    ///   - pacing: What the customer sees until the reply; it ends before the first word.
    ///   - delays: How the messages of one reply follow each other.
    ///   - latch: Called before each message: from the first on, a newer message does not cancel the turn. It throws
    ///     when one came before; nothing is said then.
    init(
        _ emitter: TurnEmitter, hooks: TurnHooks? = nil, pacing: PacingTask? = nil, delays: PacingDelays,
        clock: any TimeSource,
        latch: @escaping @Sendable () throws -> Void = {}
    ) {
        self.emitter = emitter
        self.hooks = hooks
        self.pacing = pacing
        self.delays = delays
        self.clock = clock
        self.latch = latch
    }

    /// The messages so far, in order.
    var messages: [Event] { sent.withLock { $0.map(\.event) } }

    /// What was said so far, a message each.
    var replies: [Reply] { sent.withLock { $0.map(\.reply) } }

    /// All that was said, as one text; nil when nothing was.
    var text: String? {
        let texts = messages.compactMap { EventData.text(of: $0.data) }
        return texts.isEmpty ? nil : texts.joined(separator: "\n\n")
    }

    func say(_ reply: Reply) async throws {
        var text = reply.text
        if let hooks {
            guard let changed = try await hooks.text(.messageGenerated, text) else { return }
            text = changed
        }
        try latch()
        await pacing?.end()
        let paragraphs = emitter.agent.outputMode == .stream ? [text] : Paragraphs.split(text)
        for paragraph in paragraphs {
            try await pause(before: paragraph)
            var part = reply
            part.text = paragraph
            note(part, try await emitter.message(part))
        }
    }

    func stream(_ write: @Sendable (@escaping PieceReceiver) async throws -> Void) async throws {
        let message = StreamedMessage(Reply(text: "", isWritten: true), emitter)
        do {
            try await write { [latch, pacing] piece in
                try latch()
                await pacing?.end()
                try await message.add(piece)
            }
        } catch {
            try await end(message)
            throw error
        }
        try await end(message)
    }

    /// Between two messages the agent seems to type.
    private func pause(before text: String) async throws {
        let pause = delays.typing(text)
        guard pause > .zero, !messages.isEmpty else { return }
        _ = try await emitter.status(.typing)
        try await clock.sleep(for: pause)
        try latch()
    }

    private func end(_ message: StreamedMessage) async throws {
        guard let event = try await message.complete() else { return }
        note(Reply(text: EventData.text(of: event.data) ?? "", isWritten: true), event)
    }

    private func note(_ reply: Reply, _ event: Event) {
        sent.withLock { $0.append((reply, event)) }
        emitter.recorder.note { [text] report in
            report.reply = text
            report.wording.said += reply.cannedResponses.map(\.id)
            report.wording.draft = report.wording.draft ?? reply.draft
        }
    }
}
