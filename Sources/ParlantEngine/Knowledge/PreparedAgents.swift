import ParlantCore
import Synchronization

/// What is made out of each agent's snapshot and kept until its script is loaded again, or something is created over
/// REST for it. Two turns that come first may both make it.
final class PreparedAgents<Value: Sendable>: Sendable {
    private let kept = Mutex<[AgentID: (generation: Int, value: Value)]>([:])

    /// The value of this snapshot, made when there is none yet.
    func value(for snapshot: AgentSnapshot, _ make: (AgentSnapshot) -> Value) -> Value {
        let id = snapshot.agent.id
        if let known = kept.withLock({ $0[id] }), known.generation == snapshot.generation { return known.value }
        let value = make(snapshot)
        kept.withLock { $0[id] = (snapshot.generation, value) }
        return value
    }
}
