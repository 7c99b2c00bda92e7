import Foundation
import ParlantCore
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("The time where the customer is")
struct LocalTimeTests {
    private static let noon = Timestamp("2026-07-31T23:30:00Z")!

    @Test(
        "has the date, weekday and clock of the zone, summer time included",
        arguments: [
            ("Europe/Berlin", "2026-08-01 01:30 Saturday +02:00"),
            ("America/St_Johns", "2026-07-31 21:00 Friday -02:30"),
            ("Asia/Kathmandu", "2026-08-01 05:15 Saturday +05:45"),
            ("Pacific/Kiritimati", "2026-08-01 13:30 Saturday +14:00"),
            ("UTC", "2026-07-31 23:30 Friday +00:00"),
        ])
    func zones(zone: String, expected: String) {
        let time = LocalTime(Self.noon, in: zone)
        #expect("\(time.date) \(time.time) \(time.weekday) \(time.offset)" == expected)
    }

    @Test("is told as such, or as UTC where nobody knows")
    func lines() {
        #expect(
            LocalTime(Self.noon, in: "Europe/Berlin").line
                == "It is Saturday, 2026-08-01, 01:30 where the customer is (Europe/Berlin, UTC+02:00).")
        #expect(
            LocalTime(Self.noon).line
                == "It is Friday, 2026-07-31, 23:30 in UTC; where the customer is, it may be another time.")
    }

    @Test("goes by the session's zone before the customer's, and passes over names that no zone has")
    func choice() {
        let berlin: JSONObject = ["timezone": "Europe/Berlin"]
        let rome: JSONObject = ["timezone": "Europe/Rome"]
        #expect(LocalTime.zone(of: rome, or: berlin).name == "Europe/Rome")
        #expect(LocalTime.zone(of: [:], or: berlin).name == "Europe/Berlin")
        #expect(LocalTime.zone(of: [:], or: [:]) == (nil, []))
        let passed = LocalTime.zone(of: ["timezone": "Mars/Base"], or: berlin)
        #expect(passed == ("Europe/Berlin", ["Mars/Base"]))
        #expect(LocalTime.zone(of: ["timezone": 7], or: ["timezone": "EST"]) == (nil, ["7", "EST"]))
        #expect(LocalTime.zone(of: ["timezone": "../../etc/passwd"], or: [:]).name == nil)
    }

    private func prompts(_ metadata: JSONObject) async throws -> [String: String] {
        let ask = ToolParameter(name: "day", kind: .date)
        let model = ScriptedModel([
            "guideline_matches": { _ in ["applies": [["number": 1, "reason": "r"]]] },
            "tool_calls": { _ in ["calls": []] }, "reply": { _ in ["message": "Fine."] },
        ])
        let snapshot = AgentSnapshot.make(
            [.make("g", "The customer asks", tools: ["find"])], tools: [.make("find", [ask])])
        let chat = try await Conversation(
            snapshot, nlp: model, customer: CustomerDraft(name: "Ann", metadata: metadata))
        _ = try await chat.ask("Tomorrow, please", trace: "t1")
        return model.requests.withLock { requests in
            Dictionary(requests.map { ($0.schemaName, $0.prompt) }, uniquingKeysWith: { first, _ in first })
        }
    }

    @Test("ends the prompts of matching, tools and replies, behind all that stays the same")
    func prompt() async throws {
        let prompts = try await prompts(["timezone": "Asia/Tokyo"])
        let now = "# Now\nIt is Saturday, 2026-11-21, 17:33 where the customer is (Asia/Tokyo, UTC+09:00)."
        for step in ["guideline_matches", "tool_calls", "reply"] {
            let prompt = try #require(prompts[step])
            let place = try #require(prompt.range(of: now), "\(step)")
            #expect(try #require(prompt.range(of: "Tomorrow, please")).upperBound < place.lowerBound, "\(step)")
        }
    }

    @Test("is UTC in prompts when the zone does not exist")
    func unknown() async throws {
        let prompt = try #require(try await prompts(["timezone": "Mars/Base"])["reply"])
        #expect(prompt.contains("It is Saturday, 2026-11-21, 08:33 in UTC;"))
    }
}
