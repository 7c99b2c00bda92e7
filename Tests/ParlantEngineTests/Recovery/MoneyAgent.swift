import Foundation
import ParlantCore
import Synchronization

@testable import ParlantEngine

/// An agent that sends money with a tool whose effect cannot be undone, looks up a rate with one that has none, and tells
/// what it did. Each run of the tools is a moment at which the process may die.
final class MoneyAgent: Sendable {
    /// How the agent speaks.
    enum Manner: String, CaseIterable { case fluid, streaming, canned, journey, twice }

    let manner: Manner
    private let sent = Mutex<[String: Int]>([:])
    private let store = Mutex<MortalSessionStore?>(nil)
    private let doubleText: DoubleText

    init(_ manner: Manner, _ doubleText: DoubleText = .interrupt) {
        self.manner = manner
        self.doubleText = doubleText
    }

    /// How often each amount was sent.
    var effects: [String: Int] { sent.withLock { $0 } }

    /// The process that the tools run in.
    func move(to process: MortalSessionStore) { store.withLock { $0 = process } }

    private static let send = alone("send")
    private static let notify = alone("notify")
    private static let rate = Tool.make("rate")

    private static func alone(_ name: String) -> Tool {
        var tool = Tool.make(name, [ToolParameter(name: "amount", kind: .integer)], consequential: true)
        tool.overlap = .none
        return tool
    }

    var snapshot: AgentSnapshot {
        get throws {
            let tools = manner == .twice ? ["send", "notify", "rate"] : ["send", "rate"]
            var guideline = Guideline.make("send", "The customer wants to send money", tools: tools)
            guideline.cannedResponses = ["sent", "unclear"]
            var snapshot = AgentSnapshot.make(
                [guideline], tools: [Self.send, Self.notify, Self.rate],
                responses: [
                    try .make("sent", "Sent {{amount}} at {{rate}}.", dependencies: ["amount", "rate"]),
                    try .make("unclear", "Unclear."),
                ], mode: manner == .canned ? .strict : .fluid, handlers: handlers)
            if manner == .streaming { snapshot.agent.outputMode = .stream }
            snapshot.agent.doubleText = doubleText
            if manner == .journey {
                snapshot.guidelines = []
                snapshot.journeys = [Self.journey]
                var trigger = Guideline.make("wants_transfer", "The customer wants to send money", action: nil)
                trigger.tags = [Journey.owner("transfer")]
                snapshot.triggers = [trigger]
            }
            return snapshot
        }
    }

    private static let journey = Journey(
        id: "transfer", title: "Send money", description: "Sends money.", conditions: ["wants_transfer"],
        graph: JourneyGraph(
            start: "send",
            states: [
                JourneyState(name: "send", kind: .tools([send.id, rate.id], instruction: nil), next: .always("tell")),
                JourneyState(name: "tell", kind: .chat(instruction: "Say that it is sent"), next: .end),
            ]))

    private var handlers: FakeHandlers {
        FakeHandlers(tools: [
            "send": { [self] arguments, _ in
                let amount = "\(arguments["amount"] ?? .null)"
                try await effect("send \(amount)")
                return .result(
                    ToolResult(
                        data: ["sent": arguments["amount"] ?? .null], cannedResponseFields: ["amount": .string(amount)],
                        guidelines: [.init(action: "Mention the receipt")]))
            },
            "notify": { [self] arguments, _ in
                try await effect("notify \(arguments["amount"] ?? .null)")
                return .failure(reason: "nobody is there")
            },
            "rate": { [self] _, _ in
                try await moment()
                return .result(ToolResult(data: 7, lifespan: .response, cannedResponseFields: ["rate": "7"]))
            },
        ])
    }

    /// What cannot be undone, between two moments.
    private func effect(_ name: String) async throws {
        try await moment()
        sent.withLock { $0[name, default: 0] += 1 }
        try await moment()
    }

    private func moment() async throws { try await store.withLock { $0 }?.live {} }

    /// Sends the amount of the last message, and tells what it finds about it in the prompt.
    var model: ScriptedModel {
        ScriptedModel([
            "guideline_matches": { _ in ["applies": [["number": 1, "reason": "asked"]]] },
            "consequential_tool_call": { request in
                let tool = "\(request.schema)".contains("test:notify") ? "notify" : "send"
                let amount = Self.lastAmount(in: request.prompt)
                return [
                    "rationale": "They want it.", "outcome": "needs_to_run",
                    "calls": [
                        [
                            "tool": .string("test:\(tool)"), "wanted_again": false,
                            "arguments": [
                                "amount": ["evidence": "said", "verdict": "stated", "value": .integer(amount)]
                            ],
                        ]
                    ],
                ]
            },
            "reply": { [manner] request in
                let isSent = request.prompt.contains("\"sent\"")
                let text = isSent ? "All is done." : "Unclear, sorry."
                if manner == .canned {
                    return [
                        "draft": .string(text), "canned_response": .integer(1), "match": "high", "follow_up": .null,
                    ]
                }
                return ["message": .string(text)]
            },
        ])
    }

    /// The amount of the last message that asks to send one.
    private static func lastAmount(in prompt: String) -> Int64 {
        let rest = prompt.components(separatedBy: "Send ").last ?? ""
        return Int64(rest.prefix { $0.isNumber }) ?? 0
    }
}
