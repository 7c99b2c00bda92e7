/// A store could not do what was asked. Whatever the code, nothing was changed.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is. New codes may appear in a minor version: always have a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case notFound, alreadyExists, protected, tooLarge, mismatch, notOffered, unavailable, damaged, leaseLost
        }
        private let kind: Kind

        /// No such entity. Create it, or check the identifier.
        public static let notFound = Code(kind: .notFound)
        /// The id or the unique name is taken. Choose another, or update the entity that has it.
        public static let alreadyExists = Code(kind: .alreadyExists)
        /// The entity is built in and cannot be changed or deleted.
        public static let protected = Code(kind: .protected)
        /// The value exceeds a limit of the store. Send less.
        public static let tooLarge = Code(kind: .tooLarge)
        /// The value that is there is of another kind than the change needs. Set it anew, or use another key.
        public static let mismatch = Code(kind: .mismatch)
        /// The backend does not do this at all. Do it where its data comes from.
        public static let notOffered = Code(kind: .notOffered)
        /// The backend does not answer. Safe to try again.
        public static let unavailable = Code(kind: .unavailable)
        /// What is stored cannot be read. Trying again does not help; an operator has to look.
        public static let damaged = Code(kind: .damaged)
        /// Another server runs the turns of the session now. What this one's turn writes is refused.
        public static let leaseLost = Code(kind: .leaseLost)

        public var description: String { kind.rawValue }
    }

    /// What a program decides on.
    public var code: Code
    /// One sentence: what failed and what to do about it.
    public var message: String
    /// The kind of entity that the error is about, in the words of the wire: "customer", "session", ….
    public var entity: String
    /// The id or name that was asked for.
    public var id: String
    /// The failure below this one, if there is one.
    public var cause: (any Error)?

    /// An error about one entity.
    public init(_ code: Code, entity: String, id: String, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.entity = entity
        self.id = id
        self.message = message
        self.cause = cause
    }

    /// There is no `entity` with this id.
    public static func notFound(_ entity: String, _ id: some CustomStringConvertible) -> StoreError {
        StoreError(.notFound, entity: entity, id: id.description, message: "there is no \(entity) '\(id)'")
    }

    /// Another `entity` has this id or name.
    public static func alreadyExists(_ entity: String, _ id: some CustomStringConvertible) -> StoreError {
        StoreError(
            .alreadyExists, entity: entity, id: id.description,
            message: "the \(entity) '\(id)' already exists; choose another, or update that one")
    }

    /// Another server has taken over the turns of the session.
    public static func leaseLost(_ session: SessionID) -> StoreError {
        StoreError(
            .leaseLost, entity: "session", id: session.rawValue,
            message:
                "another server runs the turns of the session '\(session)' now; what this one's turn still says is "
                + "dropped")
    }

    public var description: String { "\(code): \(message)" }
}
