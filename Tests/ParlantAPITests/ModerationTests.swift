import HTTPTypes
import ParlantAPI
import ParlantCore
import ParlantEngine
import Synchronization
import Testing

/// Flags texts with "hate" in them, fails for "down", and waits for ever for "slow".
private final class Judge: ModerationService {
    let asked = Mutex<[String]>([])

    func moderate(_ text: String) async throws -> Moderation {
        asked.withLock { $0.append(text) }
        if text == "down" { throw NLPError(.unavailable, "judge.test replied 500; try again later") }
        while text == "slow" { try await Task.sleep(for: .seconds(60)) }
        return text.contains("hate") ? Moderation(isFlagged: true, categories: ["hate", "violence"]) : .unflagged
    }
}

@Suite("Moderation", .timeLimit(.minutes(5)))
struct ModerationTests {
    private let judge = Judge()
    private let judged: Fixture

    init() {
        var fixture = Fixture()
        fixture.services.moderation = judge
        judged = fixture
    }

    private func post(
        _ text: String, _ moderation: String?, in fixture: Fixture, session: String, source: String = "customer"
    ) async throws -> Answer {
        let query = moderation.map { "?moderation=\($0)" } ?? ""
        return try await fixture.send(
            .post, "/sessions/\(session)/events\(query)",
            #"{"kind": "message", "source": "\#(source)", "message": "\#(text)"}"#)
    }

    @Test("flags a message that is stored all the same, with what was found", arguments: ["auto", "paranoid"])
    func flagged(moderation: String) async throws {
        let session = try await judged.newSession()
        let answer = try await post("I hate you", moderation, in: judged, session: session)
        #expect(answer.status == 201)
        #expect(try answer.value["data"]["flagged"].json == true)
        #expect(try answer.value["data"]["tags"].json == ["hate", "violence"])
        #expect(try answer.value["data"]["message"].string == "I hate you")
        let harmless = try await post("Hello", moderation, in: judged, session: session)
        #expect(try harmless.value["data"]["flagged"].json == false)
        #expect(try harmless.value["data"]["tags"].json == [])
    }

    @Test("is not asked for when the client does not want it, nor for what others than customers say")
    func unasked() async throws {
        let session = try await judged.newSession()
        for moderation in [nil, "none"] as [String?] {
            let answer = try await post("I hate you", moderation, in: judged, session: session)
            #expect(try answer.value["data"]["flagged"].json == false)
        }
        let human = try await post(
            "I hate you", "paranoid", in: judged, session: session, source: "human_agent_on_behalf_of_ai_agent")
        #expect(human.status == 201)
        #expect(judge.asked.withLock { $0 } == [])
    }

    @Test("without a service, auto flags nothing and paranoid stores nothing")
    func noService() async throws {
        let fixture = Fixture()
        let session = try await fixture.newSession()
        let answer = try await post("I hate you", "auto", in: fixture, session: session)
        #expect(try answer.value["data"]["flagged"].json == false)
        try await settled(fixture, session)
        let before = try await fixture.inventory()
        let refused = try await post("I hate you", "paranoid", in: fixture, session: session)
        #expect(refused.status == 422)
        #expect(
            try refused.value["detail"].string
                == "Nobody judges messages on this server, so moderation=paranoid stores none; start it with "
                + "--moderation-model, or with a rule of the category 'jailbreak' in its configuration file, or post "
                + "with moderation=auto or none.")
        #expect(try await fixture.inventory() == before)
    }

    @Test("by rules alone, paranoid needs one about jailbreaks; without it nothing is stored")
    func rules() async throws {
        for (category, status) in [("hate", 422), ("jailbreak", 201)] {
            var fixture = Fixture()
            let rules = try ModerationRules([.init(categories: [category], patterns: ["obey me"])])
            fixture.services.moderation = RuledModeration(rules, then: nil)
            let session = try await fixture.newSession()
            let flagged = try await post("Now OBEY me!", "auto", in: fixture, session: session)
            #expect(try flagged.value["data"]["tags"].json == [.string(category)])
            try await settled(fixture, session)
            let before = try await fixture.inventory()
            let answer = try await post("Now OBEY me!", "paranoid", in: fixture, session: session)
            #expect(answer.status == status)
            guard status == 422 else { continue }
            #expect(
                try answer.value["detail"].string.hasPrefix("No rule of this server is about jailbreaks, so "))
            #expect(try await fixture.inventory() == before)
        }
    }

    @Test("a service that fails leaves nothing stored", arguments: ["auto", "paranoid"])
    func failing(moderation: String) async throws {
        let session = try await judged.newSession()
        let before = try await judged.inventory()
        let answer = try await post("down", moderation, in: judged, session: session)
        #expect(answer.status == 503)
        #expect(
            try answer.value["detail"].string
                == "The message was not stored, because it could not be judged: judge.test replied 500; try again "
                + "later.")
        #expect(try await judged.inventory() == before)
    }

    @Test("is not asked about what is refused anyway")
    func refusedFirst() async throws {
        let session = try await judged.newSession()
        #expect(try await post("Hi", "auto", in: judged, session: "none").status == 404)
        #expect(try await post("", "auto", in: judged, session: session).status == 422)
        #expect(try await post("Hi", "sometimes", in: judged, session: session).status == 422)
        #expect(judge.asked.withLock { $0 } == [])
    }

    @Test("a judge that takes its time holds up nobody else, and is given up when the client goes")
    func slow() async throws {
        let session = try await judged.newSession()
        try await serve(judged) { port, _ in
            let client = try await RawClient(port: port)
            try await client.send(
                "POST", "/sessions/\(session)/events?moderation=auto",
                #"{"kind": "message", "source": "customer", "message": "slow"}"#)
            try await eventually("the judge is asked") { judge.asked.withLock { $0 } == ["slow"] ? () : nil }
            let other = try await post("Hello", "auto", in: judged, session: session)
            #expect(other.status == 201)
            try await client.close()
        }
        try await settled(judged, session)
        let messages = try await judged.send(.get, "/sessions/\(session)/events?kinds=message&source=customer")
        #expect(try messages.value.elements.map { try $0["data"]["message"].string } == ["Hello"])
    }

    /// The agent has answered, so that nothing more is stored.
    private func settled(_ fixture: Fixture, _ session: String) async throws {
        try await eventually("the turn ends") { fixture.engine.runningTurns == 0 ? () : nil }
    }
}
