/// Sees to it that one node at a time runs the turns of a session.
///
/// A lease ends by itself when its node does not renew it, by the clock of the database, so that the clocks of nodes do
/// not matter and a crash leaves nothing behind. Whoever finds a lease taken leaves the turn to its holder, which learns
/// of that when it gives the lease back at the latest.
public protocol TurnLeases: Sendable {
    /// How long a lease lasts from its taking and from each renewal.
    var duration: Duration { get }
    /// Takes the lease of a session that no other node has.
    ///
    /// - Returns: Nil while another node has it; that node is told by ``release(_:)`` that it was wanted.
    func take(_ session: SessionID) async throws -> TurnLease?
    /// Makes leases last from now on, and tells what others want of them.
    func renew(_ leases: [TurnLease]) async throws -> LeaseRenewal
    /// Asks the node that has the lease of a session to end the session's turns and to give it back. That node hears of
    /// it when it renews the lease.
    ///
    /// - Returns: How much is left of the lease unless it is renewed; nil when no other node has it.
    func recall(_ session: SessionID) async throws -> Duration?
    /// Gives a lease back. One that is not held any more is fine.
    ///
    /// - Returns: Whether another node wanted it meanwhile: it has left an open turn, and nobody else will see to it.
    func release(_ lease: TurnLease) async throws -> Bool
    /// The sessions whose leases some node holds, and how much is left of each unless it is renewed.
    func held(among sessions: [SessionID]) async throws -> [SessionID: Duration]
}

/// What became of leases that were to be renewed.
public struct LeaseRenewal: Sendable, Equatable {
    /// Those that other nodes have taken over, or that are gone.
    public var lost: [TurnLease]
    /// Those that last on, and whose turns another node wants to end.
    public var recalled: [TurnLease]

    /// All of them last on, and nobody wants one back.
    public init(lost: [TurnLease] = [], recalled: [TurnLease] = []) {
        self.lost = lost
        self.recalled = recalled
    }
}

/// The right to run turns of one session for some time.
public struct TurnLease: Sendable, Hashable {
    public var session: SessionID
    /// Tells this lease from all others, of this node too. What is written under the lease carries it.
    public var number: String

    public init(session: SessionID, number: String) {
        self.session = session
        self.number = number
    }
}
