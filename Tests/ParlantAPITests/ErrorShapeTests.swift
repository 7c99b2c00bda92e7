import HTTPTypes
import ParlantCore
import Testing

/// A refused request and the answer, word for word.
struct Refusal: Sendable, CustomTestStringConvertible {
    let method: HTTPRequest.Method
    let uri: String
    let body: String?
    let status: Int
    let answer: String

    init(_ method: HTTPRequest.Method, _ uri: String, _ body: String?, _ status: Int, _ answer: String) {
        self.method = method
        self.uri = uri
        self.body = body
        self.status = status
        self.answer = answer
    }

    /// A refusal with one sentence.
    init(_ method: HTTPRequest.Method, _ uri: String, _ body: String?, _ status: Int, sentence: String) {
        self.init(method, uri, body, status, JSONValue.object(["detail": .string(sentence)]).description)
    }

    /// A refusal with one problem.
    init(
        _ method: HTTPRequest.Method, _ uri: String, _ body: String?, _ type: String, at location: String,
        _ message: String, input: String, context: String? = nil
    ) {
        let context = context.map { #","ctx":\#($0)"# } ?? ""
        self.init(
            method, uri, body, 422,
            #"{"detail":[{"type":"\#(type)","loc":[\#(location)],"msg":"\#(message)","input":\#(input)\#(context)}]}"#)
    }

    var testDescription: String { "\(method) \(uri) \(body?.prefix(60) ?? "")" }

    /// Sends it to an API with a customer `ann`, a tag and a session, and expects the answer and unchanged stores.
    func check() async throws {
        let fixture = Fixture()
        try await fixture.send(.post, "/tags", #"{"name": "vip"}"#)
        try await fixture.send(.post, "/customers", #"{"id": "ann", "name": "Ann", "tags": ["e1"]}"#)
        #expect(try await fixture.newSession() == "e2")
        let before = try await fixture.inventory()
        let response = try await fixture.send(method, uri, body)
        #expect(response.status == status)
        #expect(response.text == answer)
        #expect(response.header("x-request-id")?.isEmpty == false)
        #expect(response.header("content-type") == "application/json")
        #expect(try await fixture.inventory() == before)
    }
}

@Suite("Requests that do not fit the schema")
struct SchemaErrorTests {
    private static let textLimit = "String should have at most 100 characters"
    private static let long = String(repeating: "x", count: 101)
    private static let notDocument = "Input should be a valid dictionary or object to extract fields from"

    static let bodies: [Refusal] = [
        .init(.post, "/customers", "", "missing", at: #""body""#, "Field required", input: "null"),
        .init(.post, "/customers", "null", "missing", at: #""body""#, "Field required", input: "null"),
        .init(.post, "/customers", "[]", "model_attributes_type", at: #""body""#, notDocument, input: "[]"),
        .init(
            .post, "/customers", #"{"name": "A",}"#, "json_invalid", at: #""body",13"#, "JSON decode error",
            input: "{}", context: #"{"error":"key must be a string"}"#),
        .init(
            .post, "/customers", #"{"id": "x"}"#, "missing", at: #""body","name""#, "Field required",
            input: #"{"id":"x"}"#),
        .init(
            .post, "/customers", #"{"name": null}"#, "string_type", at: #""body","name""#,
            "Input should be a valid string", input: "null"),
        .init(
            .post, "/customers", #"{"name": ""}"#, "string_too_short", at: #""body","name""#,
            "String should have at least 1 character", input: #""""#, context: #"{"min_length":1}"#),
        .init(
            .post, "/customers", #"{"name": "\#(long)"}"#, "string_too_long", at: #""body","name""#, textLimit,
            input: #""\#(long)""#, context: #"{"max_length":100}"#),
        .init(
            .post, "/customers", #"{"name": "A", "id": ""}"#, "string_too_short", at: #""body","id""#,
            "String should have at least 1 character", input: #""""#, context: #"{"min_length":1}"#),
        .init(
            .post, "/customers", #"{"name": "A", "metadata": [1]}"#, "dict_type", at: #""body","metadata""#,
            "Input should be a valid dictionary", input: "[1]"),
        .init(
            .post, "/customers", #"{"name": "A", "tags": "vip"}"#, "list_type", at: #""body","tags""#,
            "Input should be a valid list", input: #""vip""#),
        .init(
            .post, "/customers", #"{"name": "A", "tags": ["e1", 7]}"#, "string_type", at: #""body","tags",1"#,
            "Input should be a valid string", input: "7"),
        .init(
            .patch, "/customers/ann", #"{"tags": 5}"#, "model_attributes_type", at: #""body","tags""#, notDocument,
            input: "5"),
        .init(
            .patch, "/customers/ann", #"{"metadata": {"unset": "k"}}"#, "list_type",
            at: #""body","metadata","unset""#, "Input should be a valid list", input: #""k""#),
        .init(
            .patch, "/customers/nobody", #"{"name": ""}"#, "string_too_short", at: #""body","name""#,
            "String should have at least 1 character", input: #""""#, context: #"{"min_length":1}"#),
        .init(.post, "/tags", "{}", "missing", at: #""body","name""#, "Field required", input: "{}"),
        .init(.patch, "/tags/e1", "{}", "missing", at: #""body","name""#, "Field required", input: "{}"),
        .init(.post, "/sessions", "{}", "missing", at: #""body","agent_id""#, "Field required", input: "{}"),
        .init(
            .patch, "/sessions/e2", #"{"mode": "off"}"#, "enum", at: #""body","mode""#,
            "Input should be 'auto' or 'manual'", input: #""off""#, context: #"{"expected":"'auto' or 'manual'"}"#),
        .init(
            .patch, "/sessions/e2", #"{"consumption_offsets": {"client": -1}}"#, "greater_than_equal",
            at: #""body","consumption_offsets","client""#, "Input should be greater than or equal to 0", input: "-1",
            context: #"{"ge":0}"#),
        .init(
            .patch, "/sessions/e2", #"{"consumption_offsets": {"client": "x"}}"#, "int_parsing",
            at: #""body","consumption_offsets","client""#,
            "Input should be a valid integer, unable to parse string as an integer", input: #""x""#),
        .init(
            .patch, "/sessions/e2", #"{"labels": ["x"]}"#, "model_attributes_type", at: #""body","labels""#,
            notDocument, input: #"["x"]"#),
        .init(
            .post, "/sessions/e2/events", #"{"kind": "noise", "source": "customer"}"#, "enum",
            at: #""body","kind""#, "Input should be 'message', 'status', 'tool' or 'custom'", input: #""noise""#,
            context: #"{"expected":"'message', 'status', 'tool' or 'custom'"}"#),
        .init(
            .post, "/sessions/none/events", #"{"kind": "message"}"#, "missing", at: #""body","source""#,
            "Field required", input: #"{"kind":"message"}"#),
        .init(
            .post, "/sessions/e2/events",
            #"{"kind": "message", "source": "human_agent", "message": "m", "participant": {}}"#, "missing",
            at: #""body","participant","display_name""#, "Field required", input: "{}"),
        .init(
            .post, "/sessions/e2/events",
            #"{"kind": "message", "source": "ai_agent", "guidelines": [{"action": "a"}, {}]}"#, "missing",
            at: #""body","guidelines",1,"action""#, "Field required", input: "{}"),
    ]

    static let queries: [Refusal] = [
        .init(
            .get, "/customers?limit=0", nil, "greater_than_equal", at: #""query","limit""#,
            "Input should be greater than or equal to 1", input: #""0""#, context: #"{"ge":1}"#),
        .init(
            .get, "/sessions?limit=101", nil, "less_than_equal", at: #""query","limit""#,
            "Input should be less than or equal to 100", input: #""101""#, context: #"{"le":100}"#),
        .init(
            .get, "/sessions?limit=", nil, "int_parsing", at: #""query","limit""#,
            "Input should be a valid integer, unable to parse string as an integer", input: #""""#),
        .init(
            .get, "/customers?sort=up", nil, "enum", at: #""query","sort""#, "Input should be 'asc' or 'desc'",
            input: #""up""#, context: #"{"expected":"'asc' or 'desc'"}"#),
        .init(
            .post, "/sessions?allow_greeting=maybe", #"{"agent_id": "bank"}"#, "bool_parsing",
            at: #""query","allow_greeting""#, "Input should be a valid boolean, unable to interpret input",
            input: #""maybe""#),
        .init(
            .get, "/sessions/e2/events?wait_for_data=soon", nil, "int_parsing", at: #""query","wait_for_data""#,
            "Input should be a valid integer, unable to parse string as an integer", input: #""soon""#),
        .init(
            .get, "/sessions/e2/events?kinds=message,noise", nil, "enum", at: #""query","kinds""#,
            "Input should be 'message', 'status', 'tool' or 'custom'", input: #""message,noise""#,
            context: #"{"expected":"'message', 'status', 'tool' or 'custom'"}"#),
        .init(
            .post, "/sessions/e2/events?moderation=much", #"{"kind": "message", "source": "customer", "message": "m"}"#,
            "enum", at: #""query","moderation""#, "Input should be 'auto', 'paranoid' or 'none'", input: #""much""#,
            context: #"{"expected":"'auto', 'paranoid' or 'none'"}"#),
    ]

    @Test("name what is wrong with a body, and store nothing", arguments: bodies)
    func body(_ refusal: Refusal) async throws { try await refusal.check() }

    @Test("name what is wrong with a query, and store nothing", arguments: queries)
    func query(_ refusal: Refusal) async throws { try await refusal.check() }

    @Test("name all problems at once, those of the query first")
    func all() async throws {
        let answer = try await Fixture().send(
            .post, "/sessions?allow_greeting=x", #"{"title": 5, "labels": {}, "metadata": {"a": 1}}"#)
        #expect(answer.status == 422)
        let locations = try answer.value["detail"].elements.map { try $0["loc"].json.description }
        #expect(
            locations == [
                #"["query","allow_greeting"]"#, #"["body","agent_id"]"#, #"["body","title"]"#, #"["body","labels"]"#,
            ])
    }

    @Test(
        "name a hundred problems, or ninety-nine and that there are more, however many a body has room for",
        arguments: [
            ("/customers", #""name": "A", "tags""#, "1", 101),
            ("/customers", #""name": "A", "tags""#, "1", 500_000),
            ("/journeys", #""title": "T", "description": "", "conditions""#, #""""#, 300_000),
            ("/users/u/docs", #""title": "T", "content""#, "1", 500_000),
            ("/sessions/none/events", #""kind": "message", "source": "ai_agent", "guidelines""#, "{}", 300_000),
            ("/evaluations", #""payloads""#, #"{"kind":1}"#, 80_000),
        ])
    func many(uri: String, fields: String, element: String, count: Int) async throws {
        func answer(_ count: Int) async throws -> Answer {
            let list = Array(repeating: element, count: count).joined(separator: ",")
            return try await Fixture().send(.post, uri, "{\(fields): [\(list)]}")
        }
        let full = try await answer(100).value["detail"].elements.map(\.json)
        #expect(full.count == 100 && full.last?["type"] != "too_many_problems")
        let cut = try await answer(count)
        #expect(cut.status == 422)
        #expect(cut.text.utf8.count < 64 * 1024)
        let more: JSONValue = [
            "type": "too_many_problems", "loc": ["body"],
            "msg": "There are more problems than these; mend these first", "input": .null,
        ]
        #expect(try cut.value["detail"].elements.map(\.json) == full.dropLast() + [more])
    }
}

@Suite("Requests that cannot be done")
struct OperationErrorTests {
    static let sentences: [Refusal] = [
        .init(.get, "/customers/nobody", nil, 404, sentence: "Item 'nobody' not found"),
        .init(.patch, "/customers/nobody", #"{"name": "N"}"#, 404, sentence: "Item 'nobody' not found"),
        .init(.delete, "/customers/nobody", nil, 404, sentence: "Item 'nobody' not found"),
        .init(.post, "/customers", #"{"name": "A", "tags": ["e1", "t9"]}"#, 404, sentence: "Item 't9' not found"),
        .init(.post, "/customers", #"{"name": "A", "tags": ["agent:x"]}"#, 404, sentence: "Item 'x' not found"),
        .init(
            .post, "/customers", #"{"name": "A", "tags": ["journey:x"]}"#, 404, sentence: "Item 'journey:x' not found"),
        .init(
            .patch, "/customers/ann", #"{"name": "N", "tags": {"add": ["t9"]}}"#, 404, sentence: "Item 't9' not found"),
        .init(.patch, "/customers/ann", #"{"name": "N", "tags": ["t9"]}"#, 404, sentence: "Item 't9' not found"),
        .init(
            .patch, "/customers/ann", #"{"name": "N", "tags": {"remove": ["t9"]}}"#, 404,
            sentence: "Item 't9' not found"),
        .init(
            .post, "/customers", #"{"name": "A", "id": "ann"}"#, 409,
            sentence: "The customer 'ann' already exists; choose another, or update that one."),
        .init(
            .post, "/customers", #"{"name": "A", "id": "guest"}"#, 409,
            sentence: "The customer 'guest' already exists; choose another, or update that one."),
        .init(
            .patch, "/customers/guest", #"{"name": "Me", "tags": {"add": ["e1"]}}"#, 409,
            sentence: "The guest is built in and cannot be changed or deleted; create a customer instead."),
        .init(
            .delete, "/customers/guest", nil, 409,
            sentence: "The guest is built in and cannot be changed or deleted; create a customer instead."),
        .init(.get, "/tags/none", nil, 404, sentence: "Item 'none' not found"),
        .init(.patch, "/tags/none", #"{"name": "n"}"#, 404, sentence: "Item 'none' not found"),
        .init(.delete, "/tags/none", nil, 404, sentence: "Item 'none' not found"),
        .init(
            .post, "/tags", #"{"name": "vip"}"#, 409,
            sentence: "The tag 'vip' already exists; choose another, or update that one."),
        .init(.get, "/agents/none", nil, 404, sentence: "Item 'none' not found"),
        .init(.post, "/sessions", #"{"agent_id": "none"}"#, 404, sentence: "Item 'none' not found"),
        .init(.get, "/sessions/none", nil, 404, sentence: "Session not found (id='none')"),
        .init(.patch, "/sessions/none", #"{"title": "t"}"#, 404, sentence: "Session not found (id='none')"),
        .init(.delete, "/sessions/none", nil, 404, sentence: "Session not found (id='none')"),
        .init(.get, "/sessions/none/events", nil, 404, sentence: "Session not found (id='none')"),
        .init(.get, "/sessions/none/events/e", nil, 404, sentence: "Session not found (id='none')"),
        .init(.get, "/sessions/e2/events/none", nil, 404, sentence: "Event not found (id='none')"),
        .init(
            .post, "/sessions/none/events", #"{"kind": "message", "source": "customer", "message": "m"}"#, 404,
            sentence: "Session not found (id='none')"),
        .init(.get, "/nothing", nil, 404, sentence: "Not Found"),
        .init(.get, "/customers/a/b", nil, 404, sentence: "Not Found"),
        .init(.get, "//customers", nil, 404, sentence: "Not Found"),
        .init(.put, "/customers", nil, 405, sentence: "Method Not Allowed"),
        .init(.put, "/agents", "{}", 405, sentence: "Method Not Allowed"),
        .init(.delete, "/healthz", nil, 405, sentence: "Method Not Allowed"),
        .init(.get, "/sessions/none/events?sse=true", nil, 404, sentence: "Session not found (id='none')"),
        .init(.get, "/sessions/none/events/e?sse=true", nil, 404, sentence: "Session not found (id='none')"),
        .init(.get, "/sessions/e2/events/none?sse=true", nil, 404, sentence: "Event not found (id='none')"),
        .init(
            .get, "/sessions/e2/events/none?wait_for_completion=true", nil, 404,
            sentence: "Event not found (id='none')"),
        .init(
            .patch, "/sessions/e2/events/none", #"{"metadata": {"set": {"a": 1}}}"#, 404,
            sentence: "Event not found (id='none')"),
        .init(.patch, "/sessions/e2/events/none", "{}", 404, sentence: "Event not found (id='none')"),
        .init(.delete, "/sessions/none/events?min_offset=0", nil, 404, sentence: "Session not found (id='none')"),
        .init(.delete, "/customers/none?cascade=true", nil, 404, sentence: "Item 'none' not found"),
    ]

    private static func event(
        _ kind: String, _ source: String, _ rest: String, _ sentence: String, status: Int = 422
    ) -> Refusal {
        let body = #"{"kind": "\#(kind)", "source": "\#(source)"\#(rest.isEmpty ? "" : ", \(rest)")}"#
        return Refusal(.post, "/sessions/e2/events", body, status, sentence: sentence)
    }

    private static let noData = "Missing 'data' field for custom event"
    private static let noStatus = "Missing \"status\" field for status event"
    private static let statusData = "Status event \"data\" must be a JSON object"
    private static let onlySources =
        "Only \"customer\", \"human_agent\", and \"human_agent_on_behalf_of_ai_agent\" sources are supported for "
        + "direct posting."
    private static let onlyKinds = "Only message, custom and status events can currently be added manually"
    private static let noText =
        "If you add an agent message, you cannot specify what the message will be, as it will be auto-generated by "
        + "the agent."
    private static let noName = "Missing 'participant' with 'display_name' for human agent message"
    private static let noGuidance =
        "This server has no language model, so there is nothing to write a message from 'guidelines' with; start it "
        + "with one, or post the message itself as human_agent_on_behalf_of_ai_agent."

    static let events: [Refusal] = [
        event("message", "customer", "", "Missing 'message' field for event"),
        event("message", "customer", #""message": """#, "Missing 'message' field for event"),
        event("message", "human_agent", #""participant": {"display_name": "D"}"#, "Missing 'message' field for event"),
        event("message", "human_agent", #""message": "m""#, noName),
        event("message", "human_agent", #""message": "m", "participant": {"display_name": ""}"#, noName),
        event("message", "human_agent_on_behalf_of_ai_agent", "", "Missing 'data' field for message"),
        event("message", "ai_agent", #""message": "m""#, noText),
        event(
            "message", "ai_agent", #""guidelines": [{"action": "greet", "rationale": "buy_time"}]"#, noGuidance),
        event("message", "customer_ui", #""message": "m""#, onlySources),
        event("message", "system", #""message": "m""#, onlySources),
        event("tool", "customer", #""data": {"a": 1}"#, onlyKinds),
        event("status", "customer", "", noStatus),
        event("status", "system", #""status": "typing", "data": [1]"#, statusData),
        event("custom", "customer", "", noData),
        event("custom", "customer", #""data": {}"#, noData),
        event("custom", "customer", #""data": []"#, noData),
        event("custom", "customer", #""data": """#, noData),
        event("custom", "customer", #""data": 0"#, noData),
        event("custom", "customer", #""data": false"#, noData),
        event("custom", "customer", #""data": null"#, noData),
        .init(
            .post, "/sessions/none/events", #"{"kind": "custom", "source": "system"}"#, 422, sentence: noData),
        .init(
            .post, "/sessions/e2/events?moderation=paranoid",
            #"{"kind": "message", "source": "customer", "message": "m"}"#, 422,
            sentence: "Nobody judges messages on this server, so moderation=paranoid stores none; start it with "
                + "--moderation-model, or with a rule of the category 'jailbreak' in its configuration file, or post with "
                + "moderation=auto or none."),
    ]

    @Test("say why in one sentence, and store nothing", arguments: sentences)
    func sentence(_ refusal: Refusal) async throws { try await refusal.check() }

    @Test("of events say why in the reference's words, and store nothing", arguments: events)
    func event(_ refusal: Refusal) async throws { try await refusal.check() }
}
