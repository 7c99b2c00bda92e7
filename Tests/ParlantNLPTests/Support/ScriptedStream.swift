import ParlantCore

/// The body of a reply, piece by piece.
actor ScriptedStream: HTTPReplyStream {
    enum Piece: Sendable {
        case text(String)
        /// The connection breaks.
        case broken
        /// Nothing more comes until the task is cancelled.
        case silence
    }

    nonisolated let status: Int
    nonisolated let headers: [HTTPHeader]
    private var pieces: [Piece]

    init(status: Int = 200, headers: [HTTPHeader] = [], _ pieces: [Piece]) {
        self.status = status
        self.headers = headers
        self.pieces = pieces
    }

    func next() async throws -> [UInt8]? {
        guard !pieces.isEmpty else { return nil }
        switch pieces.removeFirst() {
        case .text(let text): return Array(text.utf8)
        case .broken: throw HTTPTransportError(.broken, "the connection broke")
        case .silence:
            try await Task.sleep(for: .seconds(3600))
            return nil
        }
    }

    func close() { pieces = [] }
}
