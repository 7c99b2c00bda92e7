import Synchronization

@testable import ParlantEngine

/// Keeps what a composer says; streamed messages with their pieces.
final class CollectedReplies: ReplyOutput {
    private let said = Mutex<[Reply]>([])
    private let received = Mutex<[String]>([])

    var replies: [Reply] { said.withLock { $0 } }
    var pieces: [String] { received.withLock { $0 } }

    func say(_ reply: Reply) async throws { said.withLock { $0.append(reply) } }

    func stream(_ write: @Sendable (@escaping PieceReceiver) async throws -> Void) async throws {
        try await write { [self] piece in received.withLock { $0.append(piece) } }
        said.withLock { $0.append(Reply(text: pieces.joined(), isWritten: true)) }
    }
}
