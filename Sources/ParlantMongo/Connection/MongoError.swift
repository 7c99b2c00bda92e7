import ParlantCore

/// What MongoDB, or the way to it, did wrong. The cause of a ``StoreError``.
public struct MongoError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is. New codes may appear in a minor version: always have a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case unreachable, refused, duplicateKey, timedOut, tooLarge, closed, failed }
        private let kind: Kind

        /// No server answers, or the connection broke. Safe to try again.
        public static let unreachable = Code(kind: .unreachable)
        /// The server does not accept the user or the password, or the user may not do this.
        public static let refused = Code(kind: .refused)
        /// Another document has the key.
        public static let duplicateKey = Code(kind: .duplicateKey)
        /// The server did not answer in time. What was asked may be done or not.
        public static let timedOut = Code(kind: .timedOut)
        /// A document would be larger than MongoDB takes.
        public static let tooLarge = Code(kind: .tooLarge)
        /// The stores were closed.
        public static let closed = Code(kind: .closed)
        /// Anything else that the server says.
        public static let failed = Code(kind: .failed)

        public var description: String { kind.rawValue }
    }

    public var code: Code
    /// The words of the server or of the client library; never the password.
    public var message: String
    /// The number that MongoDB gives to the failure; 0 when it comes from this side.
    public var number: Int
    /// Whether no server was found for as long as one is looked for.
    var foundNoServer = false

    init(_ code: Code, _ message: String, number: Int = 0) {
        self.code = code
        self.message = message
        self.number = number
    }

    public var description: String { number == 0 ? message : "\(message) (\(number))" }

    /// Whether the same call may succeed a moment later, on this server or the next.
    var isTransient: Bool { code == .unreachable || code == .timedOut }
}

extension MongoError {
    /// As stores throw it.
    ///
    /// - Parameter place: The server, without password.
    func storeError(_ place: String) -> StoreError {
        let (code, sentence): (StoreError.Code, String) =
            switch self.code {
            case .unreachable:
                (.unavailable, "MongoDB at \(place) does not answer; see that it runs and can be reached from here")
            case .timedOut:
                (.unavailable, "MongoDB at \(place) did not answer in time; try again, and look at its load")
            case .refused:
                (.unavailable, "MongoDB at \(place) refuses; check user, password and roles in the address")
            case .tooLarge: (.tooLarge, "MongoDB takes documents of up to 16 MB; send less")
            case .closed: (.unavailable, "the stores on \(place) are closed, because the server is stopping")
            default: (.unavailable, "MongoDB at \(place) could not do what was asked; its own words are the cause")
            }
        return StoreError(
            code, entity: "store", id: place, message: "\(sentence): \(self)", cause: self)
    }
}
