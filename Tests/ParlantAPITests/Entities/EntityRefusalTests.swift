import HTTPTypes
import ParlantCore
import Testing

@Suite("Entities that are refused")
struct EntityRefusalTests {
    private static let long = String(repeating: "x", count: 101)

    /// Requests with the type and the place of their only problem.
    static let problems: [(HTTPRequest.Method, String, String, type: String, at: String)] = [
        (.post, "/agents", "{}", "missing", #"["body","name"]"#),
        (.post, "/agents", #"{"name":""}"#, "string_too_short", #"["body","name"]"#),
        (.post, "/agents", #"{"name":"\#(long)"}"#, "string_too_long", #"["body","name"]"#),
        (
            .post, "/agents", #"{"name":"n","max_engine_iterations":0}"#, "greater_than_equal",
            #"["body","max_engine_iterations"]"#
        ),
        (.post, "/agents", #"{"name":"n","composition_mode":"strict"}"#, "enum", #"["body","composition_mode"]"#),
        (.post, "/agents", #"{"name":"n","message_output_mode":"x"}"#, "enum", #"["body","message_output_mode"]"#),
        (.post, "/guidelines", #"{"action":"a"}"#, "missing", #"["body","condition"]"#),
        (.post, "/guidelines", #"{"condition":"c","criticality":"x"}"#, "enum", #"["body","criticality"]"#),
        (.post, "/guidelines", #"{"condition":"c","priority":"x"}"#, "int_parsing", #"["body","priority"]"#),
        (.post, "/guidelines", #"{"condition":"c","enabled":"x"}"#, "bool_parsing", #"["body","enabled"]"#),
        (.post, "/guidelines", #"{"condition":"c","metadata":[]}"#, "dict_type", #"["body","metadata"]"#),
        (
            .patch, "/guidelines/none", #"{"tool_associations":{"add":[{"service_name":"s"}]}}"#, "missing",
            #"["body","tool_associations","add",0,"tool_name"]"#
        ),
        (.patch, "/guidelines/none", #"{"labels":["x"]}"#, "model_attributes_type", #"["body","labels"]"#),
        (.post, "/terms", #"{"name":"n"}"#, "missing", #"["body","description"]"#),
        (.patch, "/terms/none", #"{"name":""}"#, "string_too_short", #"["body","name"]"#),
        (.post, "/canned_responses", #"{"value":"v"}"#, "missing", #"["body","fields"]"#),
        (.post, "/canned_responses", #"{"value":"","fields":[]}"#, "string_too_short", #"["body","value"]"#),
        (
            .post, "/canned_responses", #"{"value":"v","fields":[{"name":"","description":"d","examples":[]}]}"#,
            "string_too_short", #"["body","fields",0,"name"]"#
        ),
        (.post, "/capabilities", #"{"title":"t","description":"d"}"#, "missing", #"["body","signals"]"#),
        (.post, "/context-variables", #"{"name":""}"#, "string_too_short", #"["body","name"]"#),
        (.put, "/context-variables/none/k", "{}", "missing", #"["body","data"]"#),
        (
            .post, "/journeys", #"{"title":"t","description":"d","conditions":["a",""]}"#, "string_too_short",
            #"["body","conditions",1]"#
        ),
        (.post, "/relationships", "{}", "missing", #"["body","kind"]"#),
        (.post, "/relationships", #"{"kind":"x"}"#, "enum", #"["body","kind"]"#),
        (.get, "/relationships?kind=x", "", "enum", #"["query","kind"]"#),
        (.put, "/services/s", #"{"kind":"local"}"#, "enum", #"["body","kind"]"#),
        (
            .put, "/services/s", #"{"kind":"openapi","openapi":{"url":"http://x"}}"#, "missing",
            #"["body","openapi","source"]"#
        ),
        (.post, "/evaluations", "{}", "missing", #"["body","payloads"]"#),
        (.get, "/evaluations/e?wait_for_completion=-1", "", "greater_than_equal", #"["query","wait_for_completion"]"#),
    ]

    @Test("say what does not fit, and store nothing", arguments: 0..<problems.count)
    func schema(_ index: Int) async throws {
        let fixture = Fixture.withScripts()
        let (method, uri, body, type, place) = Self.problems[index]
        let before = try await fixture.entityInventory()
        let answer = try await fixture.send(method, uri, body.isEmpty ? nil : body)
        #expect(answer.status == 422, "\(uri) \(body)")
        let problems = try answer.value["detail"].elements
        #expect(problems.count == 1, "\(answer.text)")
        #expect(try problems[0]["type"].string == type)
        #expect(try problems[0]["loc"].json.description == place)
        #expect(try await fixture.entityInventory() == before)
    }

    /// Requests that fit the schema and are refused with a sentence, against the scripts of ``ScriptedBank``.
    static let sentences: [(HTTPRequest.Method, String, String, status: Int, sentence: String)] = [
        (
            .post, "/canned_responses", #"{"value":"Hi {{name","fields":[]}"#, 422,
            "The value is not a template: '{{' is never closed."
        ),
        (
            .post, "/canned_responses", #"{"value":"{% if x %}","fields":[]}"#, 422,
            "The value is not a template: '{% if %}' is never closed; end it with {% endif %}."
        ),
        (
            .post, "/canned_responses", #"{"value":"{{ name | uper }}","fields":[]}"#, 422,
            "The value is not a template: unknown filter 'uper' (did you mean 'upper'?)."
        ),
        (.delete, "/canned_responses/none", "", 404, "Item 'none' not found"),
        (
            .post, "/context-variables", #"{"name":"n","freshness_rules":"every day"}"#, 422,
            "the provided freshness_rules. contain an invalid cron expression."
        ),
        (
            .post, "/context-variables", #"{"name":"n","tool_id":{"service_name":"bank","tool_name":"none"}}"#, 404,
            "Tool not found (service='bank', tool='none') (id='none')"
        ),
        (.get, "/context-variables/none/k", "", 404, "Item 'none' not found"),
        (.put, "/context-variables/none/k", #"{"data":1}"#, 404, "Item 'none' not found"),
        (.post, "/agents", #"{"name":"n","tags":["agent:bank"]}"#, 404, "Item 'agent:bank' not found"),
        (.post, "/terms", #"{"name":"n","description":"d","tags":["agent:none"]}"#, 404, "Item 'none' not found"),
        (
            .post, "/terms", #"{"name":"n","description":"d","tags":["journey:none"]}"#, 404,
            "Item 'journey:none' not found"
        ),
        (.post, "/guidelines", #"{"condition":"c","tags":["journey:none"]}"#, 404, "Item 'none' not found"),
        (.post, "/guidelines", #"{"condition":"c","id":"move"}"#, 422, "Guideline with id 'move' already exists"),
        (
            .post, "/agents", #"{"name":"n","id":"bank"}"#, 409,
            "The agent 'bank' already exists; choose another, or update that one."
        ),
        (
            .patch, "/guidelines/move", #"{"priority":1}"#, 409,
            "The guideline 'move' is defined in agents/bank/init.lua:12; change it there."
        ),
        (
            .delete, "/guidelines/angry", "", 409,
            "The guideline 'angry' is defined in agents/bank/init.lua:20; change it there."
        ),
        (
            .patch, "/canned_responses/hello", #"{"value":"x"}"#, 409,
            "The canned response 'hello' is defined in agents/bank/init.lua:30; change it there."
        ),
        (
            .patch, "/agents/bank", #"{"name":"x"}"#, 409,
            "The agent 'bank' is defined in agents/bank/init.lua:1; change it there."
        ),
        (.delete, "/agents/bank", "", 409, "The agent 'bank' is defined in agents/bank/init.lua:1; change it there."),
        (
            .put, "/services/bank", #"{"kind":"sdk","sdk":{"url":"http://x"}}"#, 409,
            "The service 'bank' is defined in agents/bank/init.lua:3; change it there."
        ),
        (
            .delete, "/services/bank", "", 409,
            "The service 'bank' is defined in agents/bank/init.lua:3; change it there."
        ),
        (.put, "/services/s", #"{"kind":"sdk"}"#, 422, "Missing SDK parameters"),
        (.put, "/services/s", #"{"kind":"openapi"}"#, 422, "Missing OpenAPI parameters"),
        (.put, "/services/s", #"{"kind":"mcp"}"#, 422, "Missing MCP parameters"),
        (
            .put, "/services/s", #"{"kind":"sdk","sdk":{"url":"x.y"}}"#, 422,
            "Service URL is missing schema (http:// or https://)"
        ),
        (
            .post, "/relationships",
            #"{"kind":"priority","source_guideline":"move","target_tag":"x","source_tag":"y"}"#,
            422, "A relationship cannot have both a source guideline and a source tag"
        ),
        (
            .post, "/relationships", #"{"kind":"priority","source_guideline":"move"}"#, 422,
            "A relationship needs a target: give target_guideline, target_tag or target_tool."
        ),
        (
            .post, "/relationships", #"{"kind":"priority","source_guideline":"move","target_guideline":"move"}"#, 422,
            "source and target cannot be the same entity"
        ),
        (
            .post, "/relationships", #"{"kind":"priority","source_guideline":"move","target_guideline":"none"}"#, 404,
            "Item 'none' not found"
        ),
        (
            .get, "/relationships?tool_id=transfer", "", 422,
            "The tool_id 'transfer' must be written service:tool."
        ),
        (.post, "/evaluations", #"{"payloads":[]}"#, 422, "No payloads provided for the evaluation task."),
        (.post, "/evaluations", #"{"payloads":[{"kind":"guideline"}]}"#, 422, "Missing Guideline payload"),
        (
            .post, "/evaluations",
            #"{"payloads":[{"kind":"guideline","guideline":{"content":{"condition":"c"},"tool_ids":[],"#
                + #""operation":"add"}}]}"#,
            422,
            "At least one of action_proposition, properties_proposition or journey_node_proposition must be enabled"
        ),
        (.get, "/evaluations/none", "", 404, "Item 'none' not found"),
        (.get, "/evaluations", "", 405, "Method Not Allowed"),
        (.get, "/journeys/none/mermaid", "", 404, "Item 'none' not found"),
    ]

    @Test("say why in a sentence, and store nothing", arguments: 0..<sentences.count)
    func sentence(_ index: Int) async throws {
        let fixture = Fixture.withScripts()
        let (method, uri, body, status, sentence) = Self.sentences[index]
        let before = try await fixture.entityInventory()
        let answer = try await fixture.send(method, uri, body.isEmpty ? nil : body)
        #expect(answer.status == status, "\(uri) \(body)")
        #expect(answer.text == JSONValue.object(["detail": .string(sentence)]).description)
        #expect(try await fixture.entityInventory() == before)
    }
}
