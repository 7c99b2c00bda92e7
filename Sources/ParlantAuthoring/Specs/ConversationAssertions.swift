import LuaRuntime
import ParlantCore
import ParlantEngine
import ParlantScripting

/// The host side of the assertions about a conversation: all of them look at its last turn.
struct ConversationAssertions: Sendable {
    let definitions: SpecDefinitions

    var all: [HostFunction] {
        [
            .immediate("spec_no_chat") { call in throw HostError(SpecWording.noChat(call.argument(0).text ?? "")) },
            .immediate("spec_assert") { call in
                let word = call.argument(0).text ?? ""
                let run = try SpecRun.of(call, "assert.\(word)")
                guard let chat = run.conversation(call.argument(1).int ?? -1) else {
                    throw HostError(SpecWording.noChat(word))
                }
                guard chat.desk.hasTurns else { throw HostError("assert.\(word): \(SpecWording.noTurn)") }
                try check(word, call.argument(2).items ?? [], chat)
                return []
            },
            meets,
        ]
    }

    private func check(_ word: String, _ given: [LuaValue], _ chat: SpecConversation) throws {
        let report = chat.desk.last
        let subject = given.first ?? .nil
        switch word {
        case "said", "not_said": try said(word, subject, report?.reply)
        case "called", "not_called":
            let tool = try SpecSubjects(definitions, chat).tool(subject, "assert.\(word)")
            let arguments = given.count > 1 ? JSONValue(given[1])?.object ?? [:] : nil
            try called(word, tool, arguments, report?.runs ?? [])
        case "matched", "not_matched":
            let guideline = try SpecSubjects(definitions, chat).guideline(subject, "assert.\(word)")
            try matched(word, guideline, report)
        case "instructed", "not_instructed":
            try instructed(word, subject, (report?.matches ?? []).compactMap(\.guideline.content.action))
        case "in_state", "ended":
            let journey = try SpecSubjects(definitions, chat).journey(subject, "assert.\(word)").id
            let journeys = chat.desk.journeys
            let place = SpecWording.place(journeys, in: journey)
            if word == "ended" {
                guard !journeys.hasEnded(journey) else { return }
                throw HostError(SpecWording.notEnded(journey.rawValue, place))
            }
            guard let state = given.count > 1 ? given[1].text : nil else {
                throw HostError(SpecWording.stateName("assert.in_state"))
            }
            guard !journeys.states(of: journey).contains(state) else { return }
            throw HostError(SpecWording.notInState(journey.rawValue, state, place))
        default: throw HostError(SpecWording.unknownWord("assert", word, SpecFunctions.words["assert"] ?? []))
        }
    }

    private func said(_ word: String, _ part: LuaValue, _ reply: String?) throws {
        guard let text = part.text else { throw HostError("assert.\(word): expected a part of the reply's text") }
        let holds = reply?.contains(text) ?? false
        if word == "said", !holds { throw HostError(SpecWording.notSaid(definitions.show(part), reply)) }
        if word == "not_said", holds { throw HostError(SpecWording.saidIt(definitions.show(part), reply ?? "")) }
    }

    private func called(_ word: String, _ tool: ToolID, _ arguments: JSONObject?, _ runs: [ToolRun]) throws {
        func text(_ run: ToolRun) -> String { "\(run.call.tool.name)(\(JSONValue.object(run.call.arguments)))" }
        let wanted = arguments.map { JSONValue.object($0).sortedText }
        let fitting = runs.filter { run in
            run.call.tool == tool && (wanted == nil || wanted == JSONValue.object(run.call.arguments).sortedText)
        }
        if word == "called", fitting.isEmpty {
            let call = arguments.map { "\(tool.name)(\(JSONValue.object($0)))" } ?? tool.name
            throw HostError(SpecWording.notCalled(call, runs.map(text)))
        }
        if word == "not_called", let run = fitting.first {
            throw HostError(SpecWording.wasCalled(tool.name, text(run)))
        }
    }

    private func matched(_ word: String, _ guideline: Guideline, _ report: TurnReport?) throws {
        let matches = report?.matches ?? []
        let match = matches.first { $0.guideline.id == guideline.id }
        let id = guideline.id.rawValue
        if word == "matched", match == nil {
            if let record = report?.resolutions.first(where: { $0.entity == .guideline(guideline.id) }) {
                throw HostError(SpecWording.leftOut(id, record.decisions.map(\.reason)))
            }
            throw HostError(SpecWording.notMatched(id, matches.map { "'\($0.guideline.id.rawValue)'" }))
        }
        if word == "not_matched", let match { throw HostError(SpecWording.wasMatched(id, match.rationale)) }
    }

    private func instructed(_ word: String, _ part: LuaValue, _ actions: [String]) throws {
        guard let text = part.text else { throw HostError("assert.\(word): expected a part of an instruction") }
        let action = actions.first { $0.contains(text) }
        if word == "instructed", action == nil {
            throw HostError(SpecWording.notInstructed(definitions.show(part), actions))
        }
        if word == "not_instructed", let action {
            throw HostError(SpecWording.wasInstructed(definitions.show(part), action))
        }
    }

    /// Asks the model whether a statement about the last reply holds.
    private var meets: HostFunction {
        .suspending("spec_meets") { call in
            let chat = try SpecRun.of(call, "assert.meets").chat(call)
            guard let generator = chat.judge?.generator else { throw HostError(SpecWording.onlyInLive) }
            guard let claim = call.argument(1).items?.first?.text else {
                throw HostError("assert.meets: expected one sentence about the reply")
            }
            guard let reply = chat.desk.last?.reply else { throw HostError(SpecWording.notSaid("\"\(claim)\"", nil)) }
            let verdict: JSONValue = ["holds": ["type": "boolean"], "reason": ["type": "string"]]
            let answer = try await generator.generate(
                GenerationRequest(
                    system: "Decide whether a statement about a reply to a customer holds. Judge the reply alone.",
                    prompt: "Reply:\n\(reply)\n\nStatement:\n\(claim)", schemaName: "statement_check",
                    schema: [
                        "type": "object", "properties": verdict, "required": ["holds", "reason"],
                        "additionalProperties": false,
                    ]))
            guard answer.content["holds"]?.boolean == true else {
                throw HostError(SpecWording.doesNotMeet(claim, answer.content["reason"]?.string ?? ""))
            }
            return []
        }
    }
}

extension JSONValue {
    /// The value with sorted names, so that equal values have equal texts.
    var sortedText: String {
        switch self {
        case .object(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "\(JSONValue.string($0.key)):\($0.value.sortedText)" }.joined(separator: ","))}"
        case .array(let items): "[\(items.map(\.sortedText).joined(separator: ","))]"
        case .integer(let value): "\(Double(value))"
        default: description
        }
    }
}
