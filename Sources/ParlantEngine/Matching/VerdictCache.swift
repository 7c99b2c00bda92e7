import OrderedCollections
import ParlantCore
import Synchronization

/// Remembers, for each session, what a model said about conditions, for as long as everything that it judged by is the
/// same: a second pass of a turn asks only what is new.
final class VerdictCache: Sendable {
    /// Sessions that are remembered; the one that was used longest ago is forgotten first.
    static let mostSessions = 512

    /// What a verdict depends on besides the evidence.
    struct Key: Hashable, Sendable {
        var number: Int
        var line: String
        var kind: MatchingKind
    }

    /// The evidence as 128 bits, because a conversation is long.
    struct Fingerprint: Hashable, Sendable {
        private let halves: SIMD2<Int>

        init(_ agent: AgentID, _ evidence: String) {
            func half(_ salt: Int) -> Int {
                var hasher = Hasher()
                hasher.combine(salt)
                hasher.combine(agent)
                hasher.combine(evidence)
                return hasher.finalize()
            }
            halves = SIMD2(half(1), half(2))
        }
    }

    private struct Entry {
        var fingerprint: Fingerprint
        var verdicts: [Key: String?] = [:]
    }

    private let sessions = Mutex<OrderedDictionary<SessionID, Entry>>([:])

    /// Verdicts by key: the reason, or nil for a condition that does not hold. What is absent has to be asked.
    func verdicts(_ keys: [Key], of session: SessionID, by fingerprint: Fingerprint) -> [Key: String?] {
        sessions.withLock { sessions in
            guard let entry = sessions[session], entry.fingerprint == fingerprint else { return [:] }
            return keys.reduce(into: [:]) { found, key in found[key] = entry.verdicts[key] }
        }
    }

    /// Adds verdicts; those by other evidence are forgotten.
    func keep(_ verdicts: [Key: String?], of session: SessionID, by fingerprint: Fingerprint) {
        sessions.withLock { sessions in
            var entry = sessions.removeValue(forKey: session) ?? Entry(fingerprint: fingerprint)
            if entry.fingerprint != fingerprint { entry = Entry(fingerprint: fingerprint) }
            entry.verdicts.merge(verdicts) { _, new in new }
            sessions[session] = entry
            if sessions.count > Self.mostSessions { sessions.removeFirst() }
        }
    }

    /// Forgets a session that was deleted.
    func forget(_ session: SessionID) { sessions.withLock { $0[session] = nil } }
}
