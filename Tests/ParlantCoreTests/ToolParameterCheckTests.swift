import ParlantCore
import Testing

@Suite("Checks of tool parameters")
struct ToolParameterCheckTests {
    private func check(_ value: JSONValue, _ parameter: ToolParameter, choices: [JSONValue]? = nil) -> String {
        switch parameter.check(value, choices: choices) {
        case .success(let value): value.description
        case .failure(let violation): violation.message
        }
    }

    @Test(
        "each kind takes its own values in canonical form and refuses others with a sentence",
        arguments: [
            (.string, "a", "\"a\""), (.string, 1, "x: expected a string, got 1"),
            (.number, 1.5, "1.5"), (.number, 2, "2"), (.number, "2", "x: expected a number, got \"2\""),
            (.integer, 3.0, "3"), (.integer, 3.5, "x: expected an integer, got 3.5"),
            (.boolean, true, "true"), (.boolean, 1, "x: expected a boolean, got 1"),
            (.array, [1], "[1]"), (.array, "a", "x: expected an array, got \"a\""),
            (.date, "2026-03-02", "\"2026-03-02\""),
            (.date, "2026-02-30", "x: expected a date (YYYY-MM-DD), got \"2026-02-30\""),
            (.datetime, "2026-03-02T09:00:00+01:00", "\"2026-03-02T09:00:00+01:00\""),
            (
                .datetime, "tomorrow",
                "x: expected a datetime (YYYY-MM-DDThh:mm:ss with Z or an offset), got \"tomorrow\""
            ),
            (.timedelta, 90, "90"), (.timedelta, "1h", "x: expected a timedelta (number of seconds), got \"1h\""),
            (.path, "/a/b", "\"/a/b\""),
            (.uuid, "621ff51c-a813-4046-bfc6-ec425003e8c7", "\"621ff51c-a813-4046-bfc6-ec425003e8c7\""),
            (.uuid, "621ff51c", "x: expected a uuid, got \"621ff51c\""),
        ] as [(ToolParameter.Kind, JSONValue, String)])
    func kinds(kind: ToolParameter.Kind, value: JSONValue, expected: String) {
        #expect(check(value, ToolParameter(name: "x", kind: kind)) == expected)
    }

    @Test("items of an array are checked, counted from 1 as in Lua")
    func items() {
        let parameter = ToolParameter(name: "weeks", kind: .array, itemKind: .integer)
        #expect(check([1, 2.0], parameter) == "[1,2]")
        #expect(check([1, "b"], parameter) == "weeks[2]: expected an integer, got \"b\"")
    }

    @Test("choices, minimum, maximum and lengths are kept")
    func limits() {
        #expect(
            check("c", ToolParameter(name: "x", kind: .string), choices: ["a", "b"])
                == "x: \"c\" is not one of \"a\", \"b\"")
        let amount = ToolParameter(name: "amount", kind: .number, minimum: 0.01, maximum: 5000)
        #expect(check(9000, amount) == "amount: 9000 is above the maximum of 5000")
        #expect(check(0, amount) == "amount: 0 is below the minimum of 0.01")
        let code = ToolParameter(name: "code", kind: .string, minLength: 2, maxLength: 3)
        #expect(check("a", code) == "code: 1 bytes are fewer than the minimum of 2")
        #expect(check("abcd", code) == "code: 4 bytes are more than the maximum of 3")
    }
}
