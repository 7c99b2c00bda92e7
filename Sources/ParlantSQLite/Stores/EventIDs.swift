import ParlantCore

/// Makes ids of events that sort by time as far as that matters for the index: those of one moment are next to each other.
///
/// The first four of the ten characters count hundredths of a second, for 41 hours and then from the beginning. The other
/// six are random; an id is only looked for together with its session, in which two of one moment would have to be equal.
struct EventIDs: Sendable {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    private static let moments: UInt64 = 62 * 62 * 62 * 62

    let ids: any IDGenerator
    let clock: any TimeSource

    func next() -> EventID {
        let id = ids.entityID()
        guard id.utf8.count == 10 else { return EventID(id) }
        var moment = Int((clock.now.microseconds / 10_000).magnitude % Self.moments)
        return EventID(
            String(unsafeUninitializedCapacity: 10) { buffer in
                _ = buffer.initialize(fromContentsOf: id.utf8)
                for index in (0..<4).reversed() {
                    buffer[index] = Self.digits[moment % 62]
                    moment /= 62
                }
                return 10
            })
    }
}
