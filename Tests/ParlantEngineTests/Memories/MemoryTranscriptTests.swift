import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("The part of a conversation that is remembered")
struct MemoryTranscriptTests {
    @Test("what was read is background, what was not is new, and the customer's words alone are their own")
    func parts() {
        let events: [Event] = [
            .message(0, .customer, "Hello"), .message(2, .aiAgent, "Hi, Ann"), .message(4, .customer, "I am\nvegan"),
            .message(6, .humanAgent, "Noted"),
        ]
        let transcript = MemoryTranscript(events, from: 4, of: "ann")
        #expect(transcript.background.map(\.text) == ["Hello", "Hi, Ann"])
        #expect(transcript.lines.map(\.text) == ["I am vegan", "Noted"])
        #expect(transcript.lines.map(\.isOwn) == [true, false])
        #expect(transcript.next == 7 && !transcript.hasMore && transcript.isWorthReading)
        #expect(transcript.lastAt == Timestamp(microseconds: 6_000_000))
    }

    @Test("flagged words are hidden and are nobody's own; quick first words say nothing")
    func hidden() {
        let events: [Event] = [
            .message(0, .customer, "I hate you", flagged: true),
            .message(1, .aiAgent, "One moment", tags: [CannedResponse.preambleTag.rawValue]),
        ]
        let transcript = MemoryTranscript(events, from: 0, of: "ann")
        #expect(transcript.lines.map(\.text) == ["<censored>"] && !transcript.isWorthReading)
    }

    @Test("what somebody else said when the session was theirs does not count, nor the answers to it")
    func foreign() {
        let events: [Event] = [
            .message(0, .customer, "My code is 17", by: "bob", trace: "a"),
            .message(1, .aiAgent, "17 it is", trace: "a"),
            .message(2, .customer, "I like tea"), .message(3, .aiAgent, "Your code is still 17", trace: "a"),
        ]
        let transcript = MemoryTranscript(events, from: 0, of: "ann")
        #expect(transcript.lines.map(\.text) == ["I like tea"])
        #expect(MemoryTranscript(events, from: 2, of: "ann").background.isEmpty)
    }

    @Test("what was said as the guest counts only where that is wanted")
    func guest() {
        let events: [Event] = [
            .message(0, .customer, "I like tea", by: "guest"), .message(1, .customer, "And cake"),
        ]
        #expect(MemoryTranscript(events, from: 0, of: "ann").lines.map(\.text) == ["And cake"])
        #expect(
            MemoryTranscript(events, from: 0, of: "ann", adoptingGuest: true).lines.map(\.text)
                == ["I like tea", "And cake"])
    }

    @Test("a customer who is only named is the session's customer")
    func named() {
        let events: [Event] = [.message(0, .customer, "I like tea", by: nil)]
        #expect(MemoryTranscript(events, from: 0, of: "ann").isWorthReading)
    }

    @Test("a long conversation is read in parts")
    func long() {
        let events = (0..<130).map { Event.message($0, .customer, "Number \($0)") }
        let first = MemoryTranscript(events, from: 0, of: "ann")
        #expect(first.lines.count == 60 && first.next == 60 && first.hasMore)
        let wordy = (0..<30).map { Event.message($0, .customer, String(repeating: "x", count: 9_000)) }
        let part = MemoryTranscript(wordy, from: 0, of: "ann")
        #expect(part.lines.count == 12 && part.lines.allSatisfy { $0.text.count == 2_000 } && part.next == 12)
        let last = MemoryTranscript(events, from: 120, of: "ann")
        #expect(last.lines.count == 10 && last.next == 130 && !last.hasMore && last.background.count == 6)
    }
}
