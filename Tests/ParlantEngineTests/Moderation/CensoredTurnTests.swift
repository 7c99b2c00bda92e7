import ParlantCore
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

/// A model that answers by schema, makes vectors, and keeps everything that it is sent.
private final class Listener: NLPService, SchematicGenerator, Embedder {
    struct Heard: Sendable {
        var step: String
        var text: String
    }

    let heard = Mutex<[Heard]>([])
    private let answers: [String: ScriptedModel.Answer]

    init(_ answers: [String: ScriptedModel.Answer]) { self.answers = answers }

    var summary: String { "listener" }
    var generator: (any SchematicGenerator)? { self }
    var embedder: (any Embedder)? { self }

    func generate(_ request: GenerationRequest) async throws -> Generation {
        let text = "\(request.system)\n\(request.prompt)\n\(request.schema)"
        heard.withLock { $0.append(Heard(step: request.schemaName, text: text)) }
        guard let answer = answers[request.schemaName] else {
            throw NLPError(.malformed, "no answer for \(request.schemaName)")
        }
        return Generation(content: try await answer(request))
    }

    func embed(_ texts: [String]) async throws -> Embedding {
        heard.withLock { $0.append(Heard(step: "embedding", text: texts.joined(separator: "\n"))) }
        return Embedding(vectors: texts.map { _ in [1, 0] })
    }
}

@Suite("A flagged message")
struct CensoredTurnTests {
    private static let secret = "xyzzy, you worthless machine"

    /// An agent whose turns take every step that asks a model.
    private static func agent(_ handlers: FakeHandlers) throws -> AgentSnapshot {
        let day = ToolParameter(name: "day", kind: .date)
        var snapshot = AgentSnapshot.make(
            [
                .make("ask", "The customer asks", action: "Ask for the day", tools: ["find", "pay"]),
                .make("code", "c", matcher: .code),
            ],
            tools: [.make("find", [day]), .make("pay", [day], consequential: true), .make("plan")],
            responses: [try .make("why", "Because {{generative.reason}}.")], agentResponses: ["why"],
            handlers: handlers)
        snapshot.agent.preamble = Preamble()
        snapshot.agent.pacing = .standard
        snapshot.retrievers = [Retriever(id: "faq")]
        snapshot.variables = [ContextVariable(id: "v", name: "plan", tool: ToolID(service: "test", name: "plan"))]
        snapshot.capabilities = (0..<9).map {
            Capability(id: CapabilityID("c\($0)"), title: "T\($0)", description: "D")
        }
        snapshot.terms = (0..<30).map { Term(id: TermID("t\($0)"), name: "Xyzzy", description: "D") }
        let wants = Guideline.make("wants", "The customer wants a trip", action: nil)
        snapshot.triggers = [wants]
        snapshot.journeys = [
            Journey(
                id: "trip", title: "Trip", description: "Books it.", conditions: ["wants"],
                graph: JourneyGraph(
                    start: "ask",
                    states: [
                        JourneyState(
                            name: "ask", kind: .chat(instruction: "Ask where to"),
                            next: .first([.init(condition: "They say it", target: .end)]))
                    ]))
        ]
        return snapshot
    }

    @Test("is kept from every question to a model, and from every function of the script; its event keeps it")
    func everywhere() async throws {
        let seen = Mutex<[String: String]>([:])
        @Sendable func note(_ function: String, _ context: HandlerContext) {
            let text = context.interaction.messages.map(\.text).joined(separator: "\n")
            seen.withLock { $0[function] = text + context.interaction.lastCustomerMessage }
        }
        let handlers = FakeHandlers(
            tools: [
                "plan": { _, context in
                    note("variable", context)
                    return .result(ToolResult(data: "gold"))
                }
            ],
            matchers: [
                "code": { context in
                    note("matcher", context)
                    return (true, nil)
                }
            ],
            retrievers: [
                "faq": { context in
                    note("retriever", context)
                    return nil
                }
            ])
        let valve = Valve()
        let model = Listener([
            "guideline_matches": { request in
                let lines = (request.system + "\n" + request.prompt).split(separator: "\n")
                let numbers = lines.filter { $0.contains(". The customer ") }
                    .compactMap { Int64($0.prefix { $0.isNumber }) }
                return ["applies": .array(numbers.map { ["number": .integer($0), "reason": "r"] })]
            },
            "tool_calls": { _ in ["calls": []] }, "consequential_tool_call": { _ in [:] },
            "preamble": { _ in ["message": "One moment."] },
            "reply": { _ in
                try await valve.pass()
                return ["message": "Fine.", "canned_response": .null, "fields": ["reason": .null]]
            },
            "followed_guidelines": { _ in ["followed": []] },
        ])
        var settings = EngineSettings()
        settings.matching.narrowsFrom = 1
        let chat = try await Conversation(
            try Self.agent(handlers), nlp: model, settings: settings, customer: CustomerDraft(name: "Ann"))
        for (trace, isFirst) in [("t1", true), ("t2", false)] as [(TraceID, Bool)] {
            _ = try await chat.engine.postCustomerMessage(
                Self.secret, participant: nil,
                moderation: Moderation(isFlagged: true, categories: ["harassment"]), to: chat.session, traceID: trace)
            if isFirst {
                await valve.waitForArrivals(1)
                await chat.clock.waitForSleepers(1)
                chat.clock.advance(by: .seconds(2))
                _ = try await chat.engine.waitForEvents(
                    of: chat.session, matching: EventQuery(kinds: [.message], source: .aiAgent),
                    timeout: .seconds(3600))
                valve.open()
            }
            _ = try await chat.turn(trace)
        }
        let heard = model.heard.withLock { $0 }
        #expect(
            Set(heard.map(\.step)).isSuperset(of: [
                "guideline_matches", "tool_calls", "consequential_tool_call", "preamble", "reply",
                "followed_guidelines", "embedding",
            ]), "\(Set(heard.map(\.step)).sorted())")
        #expect(heard.contains { $0.text.contains("They say it") })
        #expect(heard.contains { $0.text.contains("{{generative.reason}}") })
        for question in heard {
            #expect(!question.text.lowercased().contains("worthless"), "\(question.step): \(question.text)")
        }
        for step in ["guideline_matches", "tool_calls", "preamble", "reply", "followed_guidelines"] {
            #expect(heard.contains { $0.step == step && $0.text.contains("customer: <censored>") }, "\(step)")
        }
        let functions = seen.withLock { $0 }
        #expect(functions.keys.sorted() == ["matcher", "retriever", "variable"])
        for (function, text) in functions {
            #expect(text.contains("<censored>") && !text.contains("worthless"), "\(function)")
        }
        let message = try await chat.engine.events(of: chat.session, matching: EventQuery(source: .customer)).first
        #expect(message.flatMap { EventData.text(of: $0.data) } == Self.secret)
        #expect(message?.data["flagged"] == true)
        #expect(message?.data["tags"] == ["harassment"])
    }

    @Test("gives offline agents no words to match by and no arguments")
    func offline() async throws {
        let given = Mutex<JSONObject?>(nil)
        let find = FakeHandlers(tools: [
            "find": { arguments, _ in
                given.withLock { $0 = arguments }
                return .result(ToolResult(data: 1))
            }
        ])
        let snapshot = AgentSnapshot.make(
            [.make("g", "The customer asks about seats", tools: ["find"])],
            tools: [.make("find", [ToolParameter(name: "day", kind: .date)])], handlers: find)
        let chat = try await Conversation(snapshot)
        _ = try await chat.engine.postCustomerMessage(
            "Are there seats tomorrow, you idiot?", participant: nil,
            moderation: Moderation(isFlagged: true, categories: ["harassment"]), to: chat.session, traceID: "t1")
        let last = try await chat.turn("t1").last
        #expect(last?.data["data"]?["matched_guidelines"] == [])
        #expect(given.withLock { $0 } == nil)
    }
}
