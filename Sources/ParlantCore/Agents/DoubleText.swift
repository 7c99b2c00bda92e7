/// What happens to a customer's message that comes while the agent still works on its answer to an earlier one. Raw
/// values are those of the Lua surface.
public enum DoubleText: String, Sendable, CaseIterable {
    /// The running turn is cancelled unless it already writes, and the turn of the newest message answers all that are
    /// not answered yet. What the reference does.
    case interrupt
    /// Each message gets a turn and an answer of its own, in order.
    case enqueue
    /// The running turn goes on to its end; one more turn then answers everything that came meanwhile.
    case merge
    /// The message is refused and not stored.
    case reject
}
