import LuaRuntime
import ParlantCore

/// The host side of `require "parlant.json"`.
enum JSONText {
    /// Encodes a value with sorted keys.
    ///
    /// - Parameter indent: Spaces per level; 0: everything on one line.
    static func encode(_ value: JSONValue, indent: Int) -> String {
        guard indent > 0 else { return sorted(value).description }
        var text = ""
        write(value, indent: indent, level: 0, to: &text)
        return text
    }

    static var functions: [HostFunction] {
        [
            .immediate("json_encode") { call in
                guard let value = JSONValue(call.argument(0)) else {
                    throw HostError("json.encode: \(Wording.expected("a JSON value", got: "a handle"))")
                }
                let indent = try Self.indent(call.argument(1))
                return [.string(encode(value, indent: indent))]
            },
            .immediate("json_decode") { call in
                guard let text = call.argument(0).text else { throw HostError("json.decode: expected a string") }
                do {
                    return [try JSONParser.parse(text).lua]
                } catch let error as JSONParseError {
                    return [.nil, .string(error.description)]
                }
            },
        ]
    }

    private static func indent(_ options: LuaValue) throws -> Int {
        guard !options.isAbsent else { return 0 }
        guard let fields = options.fields else { throw HostError("json.encode: options: expected a table") }
        for field in fields where field.key != "indent" {
            throw HostError(
                "json.encode: unknown option '\(field.key)'\(Wording.didYouMean(field.key, among: ["indent"]))")
        }
        guard let indent = fields.first?.value else { return 0 }
        guard let spaces = indent.int, (0...16).contains(spaces) else {
            throw HostError("json.encode: indent: expected an integer from 0 to 16")
        }
        return Int(spaces)
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(sorted))
        case .object(var members):
            members.sort { $0.key < $1.key }
            return .object(members.mapValues(sorted))
        default: return value
        }
    }

    private static func write(_ value: JSONValue, indent: Int, level: Int, to text: inout String) {
        let inner = "\n" + String(repeating: " ", count: indent * (level + 1))
        let outer = "\n" + String(repeating: " ", count: indent * level)
        switch value {
        case .array(let elements) where !elements.isEmpty:
            text += "["
            for (index, element) in elements.enumerated() {
                text += (index == 0 ? "" : ",") + inner
                write(element, indent: indent, level: level + 1, to: &text)
            }
            text += outer + "]"
        case .object(let members) where !members.isEmpty:
            text += "{"
            for (index, key) in members.keys.sorted().enumerated() {
                text += (index == 0 ? "" : ",") + inner + JSONValue.string(key).description + ": "
                write(members[key] ?? .null, indent: indent, level: level + 1, to: &text)
            }
            text += outer + "}"
        default: text += value.description
        }
    }
}
