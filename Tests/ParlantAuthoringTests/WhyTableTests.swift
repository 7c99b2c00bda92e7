import ParlantCore
import Testing

@testable import ParlantAuthoring

@Suite("The record of a turn in a terminal")
struct WhyTableTests {
    private static let record: JSONValue = [
        "ending": "completed",
        "guidelines": [
            [
                "id": "refund", "condition": "The customer wants a refund", "outcome": "applied",
                "rationale": "asked for the money", "reason": .null,
            ],
            [
                "id": "upsell",
                "condition": "The customer likes what they have bought and has money left for more of it",
                "outcome": "dropped", "rationale": "is happy", "reason": "guideline 'refund' goes before it",
            ],
            ["id": "hours", "condition": "The customer asks when", "outcome": "not_matched"],
            ["id": "parking", "condition": "The customer has a car", "outcome": "narrowed"],
        ],
        "journeys": [["id": "return", "state": "ship", "ended": false]],
        "journey_moves": [["journey_id": "return", "from": "ask", "to": "ship", "back": false]],
        "variables": [["name": "plan", "tool_id": "crm:plan", "failure": "no plan", "milliseconds": 3]],
        "terms": ["RMA"], "term_count": 24,
        "retrievers": [["id": "faq", "outcome": "result", "data": "We open at 8.", "milliseconds": 2]],
        "tool_calls": [
            [
                "tool_id": "shop:order", "arguments": ["id": "7"], "outcome": "result", "data": ["paid": true],
                "reason": .null, "milliseconds": 12.4,
            ]
        ],
        "missing_parameters": [["tool_id": "shop:refund", "parameter": "iban", "reason": .null]],
        "hooks": [
            ["step": "preparing", "decision": "resolve", "decider": "plugin guard", "changed_text": false],
            ["step": "acknowledged", "decision": "next", "decider": .null, "changed_text": false],
        ],
        "composition": [
            "mode": "strict", "draft": "Sure.", "reason": "the model chose response 1 with a high match",
        ],
        "canned_responses": [
            ["id": "ok", "outcome": "said", "origin": "agent", "text": "Of course.", "reason": .null],
            ["id": "bye", "outcome": "weighed", "origin": "agent", "text": "Bye.", "reason": .null],
            ["id": "late", "outcome": "unusable", "origin": .null, "text": .null, "reason": "'delay' has no value"],
        ],
        "model_calls": [
            call("matching", "little", 1200, 40, 380), call("tool_calls", "big", 800, 20, 410.6),
            call("message", "big", 900, 30, 9.44), call("message", "", 0, 0, 5, failure: "timedOut: no answer"),
        ],
        "phases": [["phase": "loading", "milliseconds": 0.84], ["phase": "matching", "milliseconds": 381]],
        "totals": ["calls": 4, "milliseconds": 812, "model_milliseconds": 805],
        "omitted": ["guidelines": 5],
    ]

    private static func call(
        _ step: String, _ model: String, _ input: Int64, _ output: Int64, _ milliseconds: Double,
        failure: String? = nil
    ) -> JSONValue {
        [
            "step": .string(step), "model": .string(model), "attempts": failure == nil ? 1 : 3,
            "input_tokens": .integer(input), "output_tokens": .integer(output), "milliseconds": .number(milliseconds),
            "failure": failure.map(JSONValue.string) ?? .null,
        ]
    }

    @Test("says everything in lines that fit a terminal of 80 columns")
    func table() {
        #expect(
            WhyTable(Self.record).lines.joined(separator: "\n") == """
                guidelines: 1 of 9 applied
                  applied   refund  The customer wants a refund
                                    why: asked for the money
                  dropped   upsell  The customer likes what they have bought and has money
                                    left for more of it
                                    why: guideline 'refund' goes before it
                  not matched, 6: hours
                  not asked about, 1: parking
                journey return: ask -> ship
                variable plan: not fetched: no plan [3 ms]
                retriever faq: result [2 ms]: We open at 8.
                terms, 1 of 24: RMA
                tool shop:order({"id":"7"}) [12 ms]
                    -> {"paid":true}
                asked for: iban
                hook preparing: resolve by plugin guard
                reply, strict: the model chose response 1 with a high match
                  draft: Sure.
                  said      ok   Of course.
                  weighed   bye  Bye.
                  unusable late: 'delay' has no value
                model calls         model                   calls tries      in    out      ms
                  matching          little                      1     1    1200     40     380
                  tool_calls        big                         1     1     800     20     411
                  message           big                         1     1     900     30     9.4
                  message                                       1     3       0      0       5
                  total                                         4     6    2900     90     805
                  message failed: timedOut: no answer
                time: 812 ms, 805 of them for models; loading 0.8, matching 381
                """)
    }

    @Test("no line is longer than the width, whatever the names are")
    func width() {
        let long: JSONValue = .string(String(repeating: "very_long_name ", count: 40))
        let word: JSONValue = .string(String(repeating: "x", count: 300))
        var record = Self.record.object ?? [:]
        record["guidelines"] = [
            ["id": word, "condition": long, "outcome": "applied", "rationale": word],
            ["id": long, "condition": word, "outcome": "not_matched"],
        ]
        record["tool_calls"] = [["tool_id": word, "arguments": ["a": long], "outcome": "result", "data": word]]
        record["canned_responses"] = [["id": word, "outcome": "said", "text": long]]
        for line in WhyTable(.object(record)).lines { #expect(line.count <= WhyTable.width) }
    }

    @Test("a turn without models, and a record of an older server, are no trouble")
    func empty() {
        #expect(
            WhyTable(["ending": "failed"]).lines == [
                "the turn ended as failed", "guidelines: 0 of 0 applied", "no model was called",
            ])
    }

    @Test(
        "words are wrapped and cut at the width",
        arguments: [
            ("one two three", 7, 9, ["one two", "three"]), ("abcdefghij k", 4, 9, ["abcd", "efgh", "ij k"]),
            ("one two three four", 5, 2, ["one", "two …"]), ("", 5, 2, []), ("  a \n b ", 5, 2, ["a b"]),
        ])
    func wrapping(text: String, width: Int, most: Int, lines: [String]) {
        #expect(TextCells.wrapped(text, width: width, most: most) == lines)
    }
}
