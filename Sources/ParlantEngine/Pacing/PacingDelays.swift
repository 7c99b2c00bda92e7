import ParlantCore

/// How long an agent waits before each sign of life. Values vary from turn to turn within their ranges, so that a
/// conversation does not tick like a clock, and are the same whenever a turn is repeated.
struct PacingDelays: Sendable, Equatable {
    /// From the begin of a turn to its quick first words: an answer that comes before needs none.
    var preamble: Duration
    /// From the first words to the sign that the work goes on.
    var indicator: Duration
    /// From there, or from the begin of a turn without first words, to the sign that it takes longer.
    var thinking: Duration
    /// Whether the agent seems to type between the messages of one reply.
    var typesBetweenMessages: Bool

    /// - Parameter variation: Where in the ranges the delays are, 0 to 1.
    init(_ pacing: Pacing, variation: Double) {
        func within(_ range: ClosedRange<Int>) -> Duration {
            .milliseconds(range.lowerBound + Int(Double(range.count - 1) * min(max(variation, 0), 1)))
        }
        let isStandard = pacing == .standard
        preamble = isStandard ? within(1500...2000) : .zero
        indicator = isStandard ? within(1000...2000) : .zero
        thinking = isStandard ? within(3500...5000) : .zero
        typesBetweenMessages = isStandard
    }

    /// The delays of one turn.
    init(_ pacing: Pacing, for trace: TraceID) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in trace.rawValue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        // Short names that differ in their last letter alone are spread, too.
        hash = (hash ^ (hash >> 32)) &* 0x9e37_79b9_7f4a_7c15
        self.init(pacing, variation: Double(hash >> 11) / Double(1 << 53))
    }

    /// How long the agent seems to type a further message of the same reply: the longer the text, the longer, between
    /// half a second and three seconds.
    func typing(_ text: String) -> Duration {
        typesBetweenMessages ? .milliseconds(min(500 + 25 * text.count, 3000)) : .zero
    }
}
