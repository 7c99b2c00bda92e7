import Logging
import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("What is said on a model's answer")
struct ReplyChoiceTests {
    private static let noMatch = "No match."

    private func candidates(_ templates: [String], fields: JSONObject = [:]) throws -> CannedCandidates {
        let responses = try templates.enumerated().map { index, template in
            try CannedResponse.make(CannedResponseID("r\(index + 1)"), template)
        }
        let snapshot = AgentSnapshot.make(responses: responses, agentResponses: responses.map(\.id))
        return CannedCandidates.collect(
            Composition(fields: fields), in: .make(snapshot, said: ["Hi"]), canFill: true, Logger(label: "test"))
    }

    private func strict(_ answer: JSONValue, _ templates: String..., fields: JSONObject = [:]) throws -> [String] {
        try ReplyChoice.strict(answer, candidates(templates, fields: fields), noMatch: Self.noMatch).map(\.text)
    }

    private static let answers: [(JSONValue, String)] = [
        (["canned_response": 2, "match": "high"], "Two"), (["canned_response": 2, "match": "partial"], "Two"),
        (["canned_response": 2, "match": "none"], noMatch), (["canned_response": .null, "match": "high"], noMatch),
        (["canned_response": 0, "match": "high"], noMatch), (["canned_response": 3, "match": "high"], noMatch),
        (["canned_response": -1, "match": "high"], noMatch), (["canned_response": "2", "match": "high"], noMatch),
        (["canned_response": 1.5, "match": "high"], noMatch), (["message": "Own words"], noMatch),
        ("Own words", noMatch), (.null, noMatch), (.array([]), noMatch),
    ]

    @Test("strict: a high or partial match is said, all else is the no-match message", arguments: answers)
    func matches(answer: JSONValue, text: String) throws {
        #expect(try strict(answer, "One", "Two") == [text])
    }

    @Test("strict: one follow-up, when it is another response; none after the no-match message")
    func followUp() throws {
        #expect(try strict(["canned_response": 1, "match": "high", "follow_up": 2], "One", "Two") == ["One", "Two"])
        #expect(try strict(["canned_response": 1, "match": "high", "follow_up": 1], "One", "Two") == ["One"])
        #expect(try strict(["canned_response": 1, "match": "high", "follow_up": 9], "One", "Two") == ["One"])
        #expect(try strict(["canned_response": .null, "follow_up": 2], "One", "Two") == [Self.noMatch])
    }

    @Test("the draft goes along with the response that took its place")
    func draft() throws {
        let replies = ReplyChoice.strict(
            ["message": "Draft", "canned_response": 1, "match": "high"], try candidates(["One"]), noMatch: Self.noMatch)
        #expect(replies == [Reply(text: "One", draft: "Draft", cannedResponses: [("r1", "One")])])
    }

    @Test("fluid: the response, else the message; an answer with neither is malformed")
    func fluid() throws {
        let two = try candidates(["One", "Two"])
        #expect(try ReplyChoice.fluid(["message": "Own", "canned_response": 2], two).text == "Two")
        #expect(try ReplyChoice.fluid(["message": "Own", "canned_response": .null], two).text == "Own")
        #expect(try ReplyChoice.fluid(["message": "Own", "canned_response": 5], two).text == "Own")
        #expect(try ReplyChoice.fluid(["message": " ", "canned_response": 1], two).text == "One")
        let error = #expect(throws: NLPError.self) { try ReplyChoice.fluid(["message": " \n"], two) }
        #expect(error?.message == "the model wrote an empty message; try again, or use another model")
    }

    @Test("generative fields are filled in by the answer")
    func generative() throws {
        let template = "Sorry about {{generative.trouble}}, {{name}}."
        let answer: JSONValue = [
            "canned_response": 1, "match": "high", "fields": ["trouble": "  the late parcel ", "other": "x"],
        ]
        #expect(try strict(answer, template, fields: ["name": "Ann"]) == ["Sorry about the late parcel, Ann."])
        #expect(
            try candidates([template], fields: ["name": "Ann"]).items.map(\.text)
                == ["Sorry about {{generative.trouble}}, Ann."])
    }

    @Test(
        "a generative field that is no line of plain text is not used, and neither is its response",
        arguments: [
            JSONValue.null, "", "  ", "a\nb", "a\u{0}b", "{{std.customer.name}}", "{% if x %}", "{# x #}", "x }}", 7,
            ["a"],
            .string(String(repeating: "a", count: 301)),
        ] as [JSONValue])
    func badFields(value: JSONValue) throws {
        let answer: JSONValue = ["canned_response": 1, "match": "high", "fields": ["a": value]]
        #expect(try strict(answer, "<{{generative.a}}>") == [Self.noMatch])
        #expect(try strict(["canned_response": 1, "match": "high"], "<{{generative.a}}>") == [Self.noMatch])
    }

    @Test("what no model can fill is no candidate, and without a model no generative field is one")
    func noCandidates() throws {
        let many = (0..<9).map { "{{generative.f\($0)}}" }.joined()
        #expect(
            try candidates(["{{generative}}", "{{generative.a.b}}", many, "{{absent}}", "Plain"]).items.map(\.text)
                == ["Plain"])
        let response = try CannedResponse.make("g", "{{generative.a}}")
        let offline = CannedCandidates.collect(
            Composition(), in: .make(.make(responses: [response], agentResponses: ["g"])), canFill: false,
            Logger(label: "test"))
        #expect(offline.items.isEmpty)
    }

    @Test("the model is told what a generative field is for")
    func fieldDescriptions() throws {
        var response = try CannedResponse.make("g", "{{generative.trouble}}")
        response.fields = [
            .init(name: "generative.trouble", description: "What went wrong", examples: ["a late parcel"])
        ]
        let candidate = CannedCandidate(
            response: response, text: "", origin: .agent, toolFieldsUsed: 0, addressesProblem: false,
            generativeFields: ["trouble"])
        let schema = GenerativeFields.schema(for: [candidate])
        #expect(schema?["properties"]?["trouble"]?["description"] == "What went wrong; for example a late parcel")
        #expect(schema?["required"] == ["trouble"])
        #expect(GenerativeFields.schema(for: []) == nil)
    }
}
