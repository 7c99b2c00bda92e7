import ParlantCore

@testable import ParlantEngine

extension Stored<Memory> {
    /// A memory of Ann with Otto, with the parts that a test cares about.
    static func make(
        _ id: MemoryID, _ content: String, entities: [String] = [], importance: Double = 0.5,
        at moment: String = "2026-11-01T00:00:00Z", accessed: String? = nil
    ) -> Stored<Memory> {
        let at = Timestamp(moment)!
        return Stored(
            Memory(
                id: id, customer: "ann", agent: "otto", kind: .fact, content: content, entities: entities, moment: at,
                importance: importance, sentiment: 0, session: nil, lastAccessedAt: accessed.flatMap { Timestamp($0) }),
            createdAt: at)
    }
}

extension Event {
    /// A message at an offset, a second after the one before.
    static func message(
        _ offset: Int, _ source: Source, _ text: String, by speaker: String? = "ann", flagged: Bool = false,
        trace: TraceID? = nil, tags: [String] = []
    ) -> Event {
        let participant = Participant(id: speaker, displayName: "x")
        return Event(
            id: EventID("e\(offset)"), source: source, kind: .message, offset: offset,
            createdAt: Timestamp(microseconds: Int64(offset) * 1_000_000), traceID: trace ?? TraceID("t\(offset)"),
            data: source == .customer
                ? EventData.customerMessage(text, from: participant, flagged: flagged)
                : EventData.agentMessage(text, from: participant, tags: tags))
    }
}
