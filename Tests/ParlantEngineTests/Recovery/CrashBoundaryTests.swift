import ParlantCore
import ParlantEngine
import ParlantStores
import Testing

/// A session that one process began and another one finished.
struct CrashedSession: Sendable {
    let agent: MoneyAgent
    let chat: Conversation
    /// Moments of the first process.
    let moments: Int

    /// Plays a session whose process dies at a moment, then starts another process and waits until nothing is left to do.
    ///
    /// - Parameters:
    ///   - others: Moments at which processes die that clear up, before one comes that lives.
    ///   - play: What the customer does. What it throws when the process is dead is swallowed by the death.
    init(
        _ agent: MoneyAgent, last: Int = .max, _ death: MortalSessionStore.Death = .before,
        others: [Int] = [], play: (Conversation) async throws -> Void
    ) async throws {
        self.agent = agent
        let before = try await Conversation(try agent.snapshot, nlp: agent.model)
        let process = MortalSessionStore(before.sessions, last: last, death)
        agent.move(to: process)
        let first = Conversation(after: before, try agent.snapshot, nlp: agent.model, store: process)
        do {
            try await play(first)
        } catch let error as StoreError where error.entity == "process" {
            // The customer got no answer to their request either.
        }
        await first.engine.becomeIdle()
        moments = process.count

        var chat = first
        for last in others + [.max] {
            let process = MortalSessionStore(before.sessions, last: last, death)
            agent.move(to: process)
            chat = Conversation(after: before, try agent.snapshot, nlp: agent.model, store: process)
            try await chat.engine.recover()
            await chat.engine.becomeIdle()
        }
        self.chat = chat
    }

    var events: [Event] { get async throws { try await chat.engine.events(of: chat.session, matching: EventQuery()) } }

    /// What must hold of every session whatever happened: nothing is open, every turn that was seen has its end, which is
    /// its last event, no message grows, offsets are dense, and nothing that cannot be undone was done twice.
    func check(_ place: Comment) async throws {
        let events = try await events
        #expect(try await chat.sessions.openTurns(of: nil).isEmpty, place)
        #expect(events.map(\.offset) == Array(events.indices), place)
        #expect(!events.contains { EventData.isIncomplete($0.data) }, place)
        for (trace, own) in Dictionary(grouping: events.filter { $0.source == .aiAgent }, by: \.traceID) {
            #expect(own.last?.isCompleted == true, "\(place.rawValue) \(trace): \(own.map(\.brief))")
            #expect(own.filter(\.isCompleted).count == 1, "\(place.rawValue) \(trace): \(own.map(\.brief))")
        }
        for (effect, count) in agent.effects { #expect(count <= 1, "\(place.rawValue): \(effect) \(count) times") }
        let told = events.flatMap { $0.data["tool_calls"]?.array ?? [] }
        let names = agent.effects.keys.filter { $0.hasPrefix("send") }
        #expect(told.filter { $0["tool_id"] == "test:send" }.count >= names.count, "\(place.rawValue)")
    }

    /// Texts of the agent's messages.
    var answers: [String] {
        get async throws {
            try await events.filter { $0.source == .aiAgent && $0.kind == .message }
                .compactMap { EventData.text(of: $0.data) }
        }
    }
}

extension EventEngine {
    /// Returns when no turn runs.
    func becomeIdle() async { while runningTurns > 0 { await Task.yield() } }
}

extension Comment {
    fileprivate static func at(_ moment: Int, _ death: MortalSessionStore.Death, _ manner: Any) -> Comment {
        "\(manner) dies \(death) moment \(moment)"
    }
}

@Suite("A process that dies at any moment of a turn")
struct CrashBoundaryTests {
    private func say(_ chat: Conversation) async throws { try await chat.say("Send 200 euro", trace: "t1") }

    @Test(
        "leaves a turn that ends as if nothing had happened, or says what is not known",
        arguments: MoneyAgent.Manner.allCases)
    func everywhere(manner: MoneyAgent.Manner) async throws {
        let whole = try await CrashedSession(MoneyAgent(manner), play: say)
        try await whole.check("whole")
        let expected = try await whole.answers
        #expect(expected == [manner == .canned ? "Sent 200 at 7." : "All is done."])
        #expect(whole.agent.effects["send 200"] == 1)
        #expect(whole.moments > 10)
        let state = try await whole.chat.engine.session(whole.chat.session).agentState
        var (same, unknown, cut) = (0, 0, 0)
        for moment in 1...whole.moments {
            for death in MortalSessionStore.Death.allCases {
                let place = Comment.at(moment, death, manner)
                let crashed = try await CrashedSession(MoneyAgent(manner), last: moment, death, play: say)
                try await crashed.check(place)
                let (events, answers) = (try await crashed.events, try await crashed.answers)
                if events.filter({ $0.brief == "acknowledged" }).count == 2, crashed.agent.effects["send 200"] == 1 {
                    let calls = try await crashed.chat.explanation("t1")?["tool_calls"]?.array ?? []
                    #expect(calls.contains { $0["tool_id"] == "test:send" }, "\(place.rawValue): why it answered so")
                }
                if events.isEmpty {
                    #expect(moment == 1 && death == .before, place)
                } else if events.contains(where: { EventData.status(of: $0.data) == .error }) {
                    #expect(
                        expected[0].hasPrefix(answers.joined()) && answers.count == 1, "\(place.rawValue) \(answers)")
                    cut += 1
                } else if answers != expected {
                    #expect(["Unclear, sorry.", "Unclear."].contains(answers.joined()), "\(place.rawValue) \(answers)")
                    unknown += 1
                } else {
                    same += 1
                    let places = try await crashed.chat.engine.session(crashed.chat.session).agentState.journeys
                    let isRemembered =
                        places == state.journeys || events.filter { $0.brief == "acknowledged" }.count == 1
                    #expect(isRemembered, place)
                }
            }
        }
        #expect(same > whole.moments && unknown > 0 && (cut > 0) == (manner == .streaming), "\(same) \(unknown) \(cut)")
    }

    @Test("leaves a turn that nobody's message asked for, which is taken up as well")
    func requested() async throws {
        func ask(_ chat: Conversation) async throws {
            _ = try await chat.engine.post(
                EventDraft(
                    source: .customer, kind: .message, traceID: "t0",
                    data: EventData.customerMessage("Send 300 euro", from: Participant(id: nil, displayName: "Ann"))),
                to: chat.session)
            do {
                _ = try await chat.engine.requestTurn(in: chat.session, traceID: "t1")
            } catch let error as EngineError {
                #expect(error.code == .turnFailed)
            }
        }
        let whole = try await CrashedSession(MoneyAgent(.fluid), play: ask)
        try await whole.check("whole")
        #expect(try await whole.answers == ["All is done."])
        for moment in 3...whole.moments {
            let crashed = try await CrashedSession(MoneyAgent(.fluid), last: moment, play: ask)
            try await crashed.check(.at(moment, .before, "requested"))
            #expect(try await crashed.answers.count == 1)
        }
    }

    @Test("a crash while a crash is cleared up is cleared up by the next start; after the third, the turn is given up")
    func again() async throws {
        let agent = MoneyAgent(.fluid)
        let before = try await Conversation(try agent.snapshot, nlp: agent.model)
        var answers: [Event] = []
        for life in 1...4 {
            let process = MortalSessionStore(before.sessions, last: life < 4 ? 4 : .max)
            agent.move(to: process)
            let chat = Conversation(after: before, try agent.snapshot, nlp: agent.model, store: process)
            if life == 1 { try await say(chat) } else { try await chat.engine.recover() }
            await chat.engine.becomeIdle()
            answers = try await before.sessions.events(of: before.session, matching: EventQuery(traceID: "t1"))
        }
        #expect(answers.map(\.brief).suffix(2) == ["error", "ready completed"], "\(answers.map(\.brief))")
        #expect(try await before.sessions.openTurns(of: nil).isEmpty)
        #expect(agent.effects.values.allSatisfy { $0 == 1 })
    }
}
