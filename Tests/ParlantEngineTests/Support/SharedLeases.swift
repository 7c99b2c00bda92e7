import ParlantCore
import ParlantTesting
import Synchronization

/// Leases that several engines of one test share, by the test's clock.
final class SharedLeases: Sendable {
    struct Lease {
        var number: String
        var node: Int
        var end: Duration
        var isWanted = false
        var isRecalled = false
    }

    let duration = Duration.seconds(15)
    private let clock: ManualClock
    private let state = Mutex<(leases: [SessionID: Lease], last: Int)>(([:], 0))

    init(clock: ManualClock) { self.clock = clock }

    /// Whether somebody has the lease; one that has ended counts until it is taken over.
    func isHeld(_ lease: TurnLease) -> Bool {
        state.withLock { $0.leases[lease.session]?.number == lease.number }
    }

    /// Whether the first node renews and gives back nothing, as if it were dead or very slow.
    let isMute = Atomic<Bool>(false)

    /// The leases as one node sees them.
    func node(_ number: Int) -> any TurnLeases { Node(shared: self, number: number) }

    /// Gives the lease of a session to nobody in particular.
    func steal(_ session: SessionID) { state.withLock { $0.leases[session]?.number = "stolen" } }

    private struct Node: TurnLeases {
        let shared: SharedLeases
        let number: Int
        private var isMute: Bool { number == 1 && shared.isMute.load(ordering: .relaxed) }

        var duration: Duration { shared.duration }

        func take(_ session: SessionID) async throws -> TurnLease? {
            let now = shared.clock.uptime
            return shared.state.withLock { state in
                if let lease = state.leases[session], lease.end > now, lease.node != number {
                    state.leases[session]?.isWanted = true
                    return nil
                }
                state.last += 1
                let lease = TurnLease(session: session, number: "\(state.last)")
                state.leases[session] = Lease(number: lease.number, node: number, end: now + duration)
                return lease
            }
        }

        func renew(_ leases: [TurnLease]) async throws -> LeaseRenewal {
            let now = shared.clock.uptime
            guard !isMute else { return LeaseRenewal() }
            return shared.state.withLock { state in
                leases.reduce(into: LeaseRenewal()) { renewal, lease in
                    guard let held = state.leases[lease.session], held.number == lease.number else {
                        return renewal.lost.append(lease)
                    }
                    state.leases[lease.session]?.end = now + duration
                    if held.isRecalled { renewal.recalled.append(lease) }
                }
            }
        }

        func recall(_ session: SessionID) async throws -> Duration? {
            let now = shared.clock.uptime
            return shared.state.withLock { state in
                guard let lease = state.leases[session], lease.node != number, lease.end > now else { return nil }
                state.leases[session]?.isRecalled = true
                return lease.end - now
            }
        }

        func release(_ lease: TurnLease) async throws -> Bool {
            guard !isMute else { return false }
            return shared.state.withLock { state in
                guard let held = state.leases[lease.session], held.number == lease.number else { return false }
                state.leases[lease.session] = nil
                return held.isWanted
            }
        }

        func held(among sessions: [SessionID]) async throws -> [SessionID: Duration] {
            let now = shared.clock.uptime
            return shared.state.withLock { state in
                state.leases.filter { sessions.contains($0.key) && $0.value.end > now }.mapValues { $0.end - now }
            }
        }
    }
}

/// A feed that says nothing; tests say what there is to say.
struct SilentFeed: ChangeFeed {
    func follow(_ follower: any ChangeFollower) {}
}
