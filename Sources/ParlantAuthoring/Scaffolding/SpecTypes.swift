import ParlantCore
import ParlantScripting

/// The types of `require "parlant.test"` for editors. Which words there are says ``SpecFunctions/words``; a word without
/// a signature here fails a test.
enum SpecTypes {
    /// The text of `types/parlant/test.lua`.
    static var module: String {
        var lines =
            ["---@meta parlant.test", EditorTypes.refusal, ""]
            + records.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for (table, name) in classes {
            lines.append("---@class (exact) \(name)")
            if table == "assert" { lines.append("---@overload fun(value: any, message?: string, ...): any") }
            for word in SpecFunctions.words[table] ?? [] {
                guard let signature = signatures["\(table).\(word)"] else { continue }
                lines += ["---", "--- \(signature.doc)", "---@field \(word) \(signature.type)"]
            }
            lines.append("")
        }
        return (lines + ["local test = {}", "", "return test"]).joined(separator: "\n") + "\n"
    }

    /// Class of each table of words.
    private static let classes = [
        ("route", "parlant.test.Route"), ("chat.http", "parlant.test.Http"), ("chat", "parlant.test.Chat"),
        ("assert", "parlant.test.Assert"), ("parlant.test", "parlant.test"),
    ]

    private static let records = """
        ---@class (exact) parlant.test.ConversationSpec
        ---
        --- The agent, or its id.
        ---@field agent parlant.Agent|string
        ---
        --- A customer whom scripts define, or a table that describes one. (default: the guest)
        ---@field customer? parlant.Customer|string|parlant.test.CustomerSpec
        ---
        --- The moment at which the clock stands, as 2026-03-02T09:00:00Z.
        ---@field now? string
        ---
        --- Settings of the agent's bundle. (default: theirs; a required one gets a made-up value)
        ---@field config? table<string, any>
        ---
        --- Values of the agent's variables for the customer.
        ---@field variables? table<string, any>
        ---
        --- Who decides which conditions hold: the test, or the customer's words. (default: `"script"`)
        ---@field matching? "script"|"words"

        ---@class (exact) parlant.test.CustomerSpec
        ---@field id? string
        ---@field name? string
        ---@field about? string
        ---@field metadata? table<string, any>
        ---@field tags? (parlant.Tag|string)[]

        ---@class (exact) parlant.test.ReplySpec
        ---@field status? integer (default: `200`)
        ---@field json? any
        ---@field body? string
        ---@field headers? table<string, string>
        ---
        --- Seconds that pass before it comes.
        ---@field delay? number
        ---@field fail? \(HTTPTransportError.Kind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: "|"))

        """

    /// Types by table and word.
    static let signatures: [String: (type: String, doc: String)] = [
        "parlant.test.describe": ("fun(name: string, body: fun())", "A block of tests with something in common."),
        "parlant.test.it": ("fun(name: string, body: fun())", "One test."),
        "parlant.test.live": (
            "fun(name: string, options: { runs?: integer, passes?: integer }|fun(), body?: fun())",
            "One test with a real model, which runs with `--live` only."
        ),
        "parlant.test.before_each": ("fun(body: fun())", "Runs before each test of the block."),
        "parlant.test.after_each": ("fun(body: fun())", "Runs after each test of the block, also when it failed."),
        "parlant.test.conversation": (
            "fun(spec: parlant.test.ConversationSpec): parlant.test.Chat",
            "A conversation with stores in memory, a clock that stands still, no network and no model."
        ),
        "parlant.test.assert": ("parlant.test.Assert", "What tests say; expected values come first."),

        "route.reply": (
            "fun(self: parlant.test.Route, reply: parlant.test.ReplySpec): parlant.test.Route",
            "What the server answers; several are given one after the other, the last again and again."
        ),
        "chat.http.on": (
            "fun(self: parlant.test.Http, method: string, url: string): parlant.test.Route",
            "A server that the test makes up: a path for any host, or a whole URL."
        ),
        "chat.http.requests": (
            "fun(self: parlant.test.Http): { method: string, url: string, headers: table<string, string>, body: string, "
                + "json: any }[]", "All requests so far, in order."
        ),

        "chat.http": ("parlant.test.Http", "Servers that the test makes up."),
        "chat.customer": chat(
            "text: string, options?: { flagged: string[] }",
            "The customer says this; returns when the turn is over. `flagged` is what a judge has found in it."),
        "chat.matches": chat(
            "...: parlant.Guideline|parlant.Observation|string", "These guidelines apply in the next turn."),
        "chat.activates": chat("...: parlant.Journey|string", "These journeys begin in the next turn."),
        "chat.takes": chat(
            "journey: parlant.Journey|string, state: string",
            "The journey goes to this state in the next turn; tools on the way run."),
        "chat.replies": chat("text: string", "What the agent says in the next turn."),
        "chat.calls": chat(
            "tool: parlant.Tool|string, arguments?: table<string, any>",
            "The arguments of a tool in the next turn, as soon as a guideline offers it."),
        "chat.call": chat(
            "tool: parlant.Tool|string, arguments?: table<string, any>",
            "Runs one tool with all checks of its arguments; `nil` and the reason when it could not.",
            "parlant.ResultSpec?, string?"),
        "chat.advance": chat("seconds: number", "Moves the clock."),
        "chat.events": chat(
            "", "Everything emitted, in order.",
            "{ offset: integer, kind: string, source: string, data: any, text: string? }[]"),

        "assert.equal": assertion("expected: any, actual: any", "The same value, or the same table."),
        "assert.not_equal": assertion("expected: any, actual: any", "Another value."),
        "assert.same": assertion("expected: any, actual: any", "Equal down to the last field."),
        "assert.is_nil": assertion("value: any", "Nothing."),
        "assert.is_not_nil": assertion("value: any", "Something."),
        "assert.is_true": assertion("value: any", "Just `true`."),
        "assert.is_false": assertion("value: any", "Just `false`."),
        "assert.matches": assertion("pattern: string, text: string", "The text has this pattern of Lua in it."),
        "assert.has_error": (
            "fun(body: function, part?: string, message?: string)",
            "The function raises an error whose text has the part."
        ),

        "assert.said": ofChat("part: string", "The last reply contains this."),
        "assert.not_said": ofChat("part: string", "The last reply does not contain this."),
        "assert.called": ofChat(
            "tool: parlant.Tool|string, arguments?: table<string, any>",
            "The tool ran in the last turn, with just these arguments if they are given."),
        "assert.not_called": ofChat(
            "tool: parlant.Tool|string, arguments?: table<string, any>", "The tool did not run in the last turn."),
        "assert.matched": ofChat(
            "guideline: parlant.Guideline|parlant.Observation|string", "The guideline applied in the last turn."),
        "assert.not_matched": ofChat(
            "guideline: parlant.Guideline|parlant.Observation|string", "The guideline did not apply in the last turn."),
        "assert.instructed": ofChat("part: string", "An action that applied in the last turn contains this."),
        "assert.not_instructed": ofChat("part: string", "No action that applied in the last turn contains this."),
        "assert.in_state": ofChat("journey: parlant.Journey|string, state: string", "The journey is at this state."),
        "assert.ended": ofChat("journey: parlant.Journey|string", "The journey has ended."),
        "assert.meets": ofChat(
            "statement: string", "The model says that the statement holds for the last reply; in `test.live` only."),
    ]

    private static func chat(
        _ parameters: String, _ doc: String, _ results: String = "parlant.test.Chat"
    ) -> (type: String, doc: String) {
        let rest = parameters.isEmpty ? "" : ", \(parameters)"
        return ("fun(self: parlant.test.Chat\(rest)): \(results)", doc)
    }

    private static func assertion(_ parameters: String, _ doc: String) -> (type: String, doc: String) {
        ("fun(\(parameters), message?: string)", doc)
    }

    private static func ofChat(_ parameters: String, _ doc: String) -> (type: String, doc: String) {
        ("fun(chat: parlant.test.Chat, \(parameters))", doc)
    }
}
