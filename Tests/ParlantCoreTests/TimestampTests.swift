import ParlantCore
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "a moment is written with six digits and read back",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1_763_712_721_352_805, "2025-11-21T08:12:01.352805Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func roundTrip(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
        #expect(Timestamp(text) == Timestamp(microseconds: microseconds))
    }

    @Test("offsets and short fractions are understood")
    func offsets() {
        #expect(Timestamp("2026-03-02T09:00:00+01:00") == Timestamp("2026-03-02T08:00:00Z"))
        #expect(
            Timestamp("2026-03-02T08:00:00.5Z")?.microseconds
                == Timestamp("2026-03-02T08:00:00Z").map { $0.microseconds + 500_000 })
    }

    @Test(
        "what is no moment is refused",
        arguments: [
            "", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-1-1T00:00:00Z",
            // In UTC these are of the years -1 and 10000.
            "0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59.999999-00:01",
        ])
    func refused(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        "what four digits cannot write is refused, written as the moment next to it, and followed by none",
        arguments: [
            (.min, .first), (Timestamp.first.microseconds - 1, .first), (Timestamp.last.microseconds + 1, .last),
            (.max, .last),
        ] as [(Int64, Timestamp)])
    func outside(microseconds: Int64, nearest: Timestamp) {
        #expect(Timestamp(exactly: microseconds) == nil)
        #expect(Timestamp(exactly: nearest.microseconds) == nearest)
        let moment = Timestamp(microseconds: microseconds)
        #expect(moment.description == nearest.description)
        #expect(Timestamp(nearest.description) == nearest)
        #expect(Timestamp.last.next == .last)
        #expect(moment.next == (moment < nearest ? Timestamp(microseconds: microseconds + 1) : .last))
    }

    @Test("the next moment is one microsecond later")
    func next() {
        #expect(Timestamp(microseconds: 7).next == Timestamp(microseconds: 8))
        #expect(Timestamp(microseconds: Timestamp.last.microseconds - 1).next == .last)
    }
}
