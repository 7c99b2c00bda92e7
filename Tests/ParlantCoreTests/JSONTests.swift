import Testing

@testable import ParlantCore

@Suite("JSON")
struct JSONTests {
    @Test(
        "a value comes back byte for byte",
        arguments: [
            "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808",
            "123456789012345678901234567890", "1.5", "-0.25", "\"\"", "\"ä 😀 \\\"q\\\" \\\\ \\n\"", "[]", "{}",
            "[1,[2,[3]],{\"a\":null}]", "{\"z\":1,\"a\":{\"b\":[true,false]}}",
        ])
    func roundTrip(text: String) throws {
        #expect(try JSONParser.parse(text).description == text)
    }

    @Test("escapes are decoded, surrogate pairs included")
    func escapes() throws {
        #expect(try JSONParser.parse(#""\u0041\u00e4\ud83d\ude00\/\b\f\n\r\t""#) == .string("Aä😀/\u{8}\u{c}\n\r\t"))
    }

    @Test("control characters are escaped")
    func controlCharacters() {
        #expect(JSONValue.string("a\u{1}b\u{1f}").description == #""a\u0001b\u001f""#)
    }

    @Test("white space is allowed between tokens and nowhere else")
    func whiteSpace() throws {
        #expect(try JSONParser.parse(" { \"a\" : [ 1 , 2 ] } \n") == ["a": [1, 2]])
    }

    @Test(
        "text that is not JSON is refused with the byte where it goes wrong",
        arguments: [
            ("", 0, "EOF while parsing a value"), ("{", 1, "key must be a string"), ("[1,]", 3, "expected value"),
            ("{\"a\" 1}", 5, "expected `:`"), ("nul", 0, "expected ident"), ("01", 2, "invalid number"),
            ("1.", 2, "invalid number"), ("-", 1, "invalid number"), ("\"a", 2, "EOF while parsing a string"),
            ("\"\u{1}\"", 1, "control character found while parsing a string"), ("1 2", 2, "trailing characters"),
            (#""\ud800""#, 7, "lone leading surrogate in hex escape"), (#""\x""#, 3, "invalid escape"),
            ("1e999", 5, "number out of range"), ("{'a':1}", 1, "key must be a string"),
            ("[1 2]", 3, "expected `,` or `]`"),
        ])
    func refused(text: String, position: Int, message: String) {
        #expect(throws: JSONParseError(position: position, message: message)) { try JSONParser.parse(text) }
    }

    @Test("bytes that are not UTF-8 are refused")
    func notUTF8() {
        #expect(throws: JSONParseError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONParseError.self) { try JSONParser.parse([0x22, 0x5C, 0x6E, 0xC3, 0x22]) }
    }

    @Test("nesting beyond the limit is refused, not a crash")
    func nesting() throws {
        let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONParser.parse(deepest) }
        #expect(throws: JSONParseError.self) { try JSONParser.parse(String(repeating: "[", count: 100_000)) }
    }

    @Test("a hundred thousand keys are read in linear time, and the last of equal keys wins")
    func manyKeys() throws {
        let members = (0..<100_000).map { "\"k\($0)\":\($0)" } + ["\"k7\":true"]
        let value = try JSONParser.parse("{" + members.joined(separator: ",") + "}")
        #expect(value.object?.count == 100_000)
        #expect(value["k7"] == true)
    }

    @Test(
        "two keys of one object that look the same are refused where the second stands",
        arguments: [
            ("{\"\u{E9}\":1,\"e\u{301}\":2}", 8), ("{\"a\":[{\"e\u{301}\":1, \"\\u00e9\":2}]}", 16),
            ("{\"q\u{307}\u{323}\":1,\"x\":0,\"q\u{323}\u{307}\":{}}", 17),
        ])
    func lookalikeKeys(text: String, position: Int) {
        let error = #expect(throws: JSONParseError.self) { try JSONParser.parse(text) }
        #expect(
            error?.description
                == "two keys of one object look the same but are written in two ways at byte \(position)")
    }

    @Test("keys that look the same are fine in two objects, and a key that is given twice keeps its last value")
    func separateKeys() throws {
        let text = "[{\"\u{E9}\":1},{\"e\u{301}\":{\"\u{E9}\":2}}]"
        #expect(try JSONParser.parse(text).description == text)
        #expect(try JSONParser.parse("{\"\u{E9}\":1,\"\\u00e9\":2}") == .object(["\u{E9}": 2]))
    }

    @Test("equality ignores the order of keys and tells null from absent")
    func equality() {
        #expect(JSONValue.object(["a": 1, "b": 2]) == .object(["b": 2, "a": 1]))
        #expect(JSONValue.object(["a": .null]) != .object([:]))
        #expect(JSONValue.integer(1) == .number(1))
        #expect(JSONValue.integer(1) != .boolean(true))
    }

    @Test("equality does not round numbers, and is transitive")
    func exactNumbers() {
        let (odd, even) = (JSONValue.integer(9_007_199_254_740_993), JSONValue.integer(9_007_199_254_740_992))
        let rounded = JSONValue.number(9_007_199_254_740_992)
        #expect(even == rounded && rounded == even)
        #expect(odd != rounded && rounded != odd)
        #expect(odd != even)
        // The double next to the greatest integer is beyond it.
        #expect(JSONValue.integer(.max) != .number(9_223_372_036_854_775_808))
        #expect(JSONValue.integer(.min) == .number(-9_223_372_036_854_775_808))
        #expect(JSONValue.integer(0) == .number(-0.0))
    }

    @Test("equality takes texts and keys by their bytes")
    func exactTexts() {
        let (composed, apart) = ("\u{E9}", "e\u{301}")
        #expect(JSONValue.string(composed) != .string(apart))
        #expect(JSONValue.string(apart) == .string("e\u{301}"))
        #expect(JSONValue.object([composed: 1]) != .object([apart: 1]))
        #expect(JSONValue.object([apart: 1]) == .object([apart: 1]))
        #expect(JSONValue.array([.object([composed: 1])]) != .array([.object([apart: 1])]))
    }

    @Test("random trees survive a round trip")
    func randomTrees() throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<500 {
            let tree = JSONValue.random(depth: 4, &random)
            let text = tree.description
            #expect(try JSONParser.parse(text) == tree, "\(text)")
        }
    }
}

/// A generator that gives the same numbers in each run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension JSONValue {
    fileprivate static func random(depth: Int, _ random: inout SplitMix) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .boolean(.random(using: &random))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &random))
        case 3: return .number(Double.random(in: -1e9...1e9, using: &random))
        case 4: return .largeInteger("98765432109876543210")
        case 5:
            let scalars = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                Unicode.Scalar(UInt32.random(in: 1..<0xD7FF, using: &random)) ?? " "
            }
            return .string(String(String.UnicodeScalarView(scalars)))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in Self.random(depth: depth - 1, &random) })
        default:
            var members = JSONObject()
            for index in 0..<Int.random(in: 0..<5, using: &random) {
                members["k\(index)"] = Self.random(depth: depth - 1, &random)
            }
            return .object(members)
        }
    }
}
