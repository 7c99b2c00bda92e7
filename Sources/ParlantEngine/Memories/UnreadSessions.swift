import Logging
import ParlantCore

/// The sessions in which there is something to read, each with the offset at which that begins, kept where small values
/// are kept, so that a restart finds them without looking at all sessions.
///
/// Writes happen beside the turns. One that a crash loses is made again when the message's turn is taken up; of a message
/// that people answer there is no turn, and what a crash loses of those is not read.
///
/// Servers that share the sessions share the entries: what one has heard begins no later because another has heard more
/// since, and one that has read all leaves the entry of what another heard meanwhile.
struct UnreadSessions: Sendable {
    /// No script is an agent of this name, so none sees the entries.
    static let scope = KeyValueScope.agent("parlant-runtime/memories")

    private enum Wish: Sendable {
        /// It begins here, or where another server has it begin, whichever comes first.
        case keep(Int)
        /// It begins here, whatever was kept.
        case set(Int)
        /// Nobody wants to read it.
        case forget
        /// All is read, as far as this server knows.
        case settle

        /// What has to be done for a wish that still waits, and one that came after it.
        static func merge(_ waiting: Wish, _ new: Wish) -> Wish {
            switch (waiting, new) {
            case (.forget, .keep(let begin)): .set(begin)
            case (.set(let before), .keep(let begin)): .set(min(before, begin))
            case (.keep(let before), .keep(let begin)): .keep(min(before, begin))
            default: new
            }
        }
    }

    private let store: any KeyValueStore
    private let writes: PendingWrites<SessionID, Wish>

    /// - Parameters:
    ///   - isShared: Whether other servers have entries in the same store.
    ///   - rest: Offset of the first message that is to be read, and is not; nil when all is read.
    init(
        store: any KeyValueStore, isShared: Bool, logger: Logger,
        rest: @escaping @Sendable (SessionID) async throws -> Int?
    ) {
        self.store = store
        @Sendable func write(_ session: SessionID, _ wish: Wish) async throws {
            let key = session.rawValue
            switch wish {
            case .keep(let begin) where isShared:
                guard try await !store.add(key, Self.value(begin), in: Self.scope, lifetime: nil),
                    let kept = try await Self.begin(of: session, in: store), kept > begin
                else { return }
                try await store.set(key, to: Self.value(begin), in: Self.scope, lifetime: nil)
            case .keep(let begin), .set(let begin):
                try await store.set(key, to: Self.value(begin), in: Self.scope, lifetime: nil)
            case .forget:
                try await store.delete(key, in: Self.scope)
            case .settle:
                try await store.delete(key, in: Self.scope)
                // Another server that heard something found an entry there, and made none.
                guard isShared, let begin = try await rest(session) else { return }
                _ = try await store.add(key, Self.value(begin), in: Self.scope, lifetime: nil)
            }
        }
        writes = PendingWrites(merge: Wish.merge) { session, wish in
            do {
                try await write(session, wish)
            } catch {
                logger.warning(
                    "a restart would not know that a conversation is to be remembered",
                    metadata: ["session": "\(session)", "error": "\(error)"])
            }
        }
    }

    private static func value(_ begin: Int) -> JSONValue { .integer(Int64(begin)) }
    private static func begin(_ value: JSONValue) -> Int { max(0, Int(clamping: value.integer ?? 0)) }

    /// Where a session begins in a store; nil when it is not there.
    static func begin(of session: SessionID, in store: any KeyValueStore) async throws -> Int? {
        try await store.read(session.rawValue, in: scope).map(begin)
    }

    /// All that are kept.
    ///
    /// - Throws: what the store throws.
    func all() async throws -> [(session: SessionID, begin: Int)] {
        try await store.entries(in: Self.scope).map { (SessionID($0.key), Self.begin($0.value)) }
    }

    /// Keeps a session soon. Never waits.
    func keep(_ session: SessionID, from begin: Int) { writes.add(.keep(begin), for: session) }

    /// Removes soon what nobody wants to read any more. Never waits.
    func forget(_ session: SessionID) { writes.add(.forget, for: session) }

    /// Removes soon what is read. Never waits.
    func settle(_ session: SessionID) { writes.add(.settle, for: session) }

    /// Returns when all is written, or the log says why not.
    func flush() async { await writes.flush() }
}
