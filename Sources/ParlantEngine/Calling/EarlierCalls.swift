import ParlantCore

/// Calls of tools in earlier turns, as far as prompts still show them.
struct EarlierCalls: Sendable {
    /// How many of the newest calls prompts show.
    static let shown = 10

    private struct Call {
        var tool: String
        var identity: JSONValue
        var isTold: Bool
        var data: JSONValue
    }

    private let calls: [Call]

    /// The calls that a turn knows of.
    ///
    /// - Parameter tools: By id, for the defaults of their parameters.
    init(_ interaction: Interaction, untold: Int, _ tools: [ToolID: Tool]) {
        let all = interaction.toolCalls
        let shown = all.enumerated().suffix(Self.shown)
        let called = all.isEmpty ? [] : Array(tools.values)
        let byName = Dictionary(called.map { ($0.id.description, $0) }, uniquingKeysWith: { first, _ in first })
        calls = shown.map { index, call in
            let name = call["tool_id"]?.string ?? ""
            let arguments = call["arguments"]?.object ?? [:]
            return Call(
                tool: name, identity: .object(byName[name].map { CallIdentity.of(arguments, for: $0) } ?? arguments),
                isTold: index < all.count - untold, data: call["result"]?["data"] ?? .null)
        }
    }

    /// Names of tools that were called.
    var tools: Set<String> { Set(calls.map(\.tool)) }

    /// What the last call of a tool said, in words that conditions share; nil when there was none.
    func words(of tool: ToolID) -> String? {
        calls.last { $0.tool == tool.description }.map { "\(tool.name) ran before, result \($0.data)" }
    }

    /// Whether this call was made; nil when it was not, and else whether the customer has been told of the outcome.
    func isTold(_ call: ToolCall, of tool: Tool) -> Bool? {
        let identity = JSONValue.object(CallIdentity.of(call.arguments, for: tool))
        let same = calls.filter { $0.tool == call.tool.description && $0.identity == identity }
        guard !same.isEmpty else { return nil }
        return same.allSatisfy(\.isTold)
    }
}

/// When two calls of a tool are the same, so that the second would do again what the first did.
enum CallIdentity {
    /// Arguments in a form in which those of the same call are equal: in the order of the parameters, defaults filled in,
    /// `3` for `3.0`, texts without outer spaces and in lower case. What is spelt otherwise may be another call.
    static func of(_ arguments: JSONObject, for tool: Tool) -> JSONObject {
        var identity: JSONObject = [:]
        for parameter in tool.parameters {
            let given = arguments[parameter.name].flatMap { $0.isNull ? nil : $0 }
            guard let value = given ?? parameter.defaultValue else { continue }
            identity[parameter.name] = folded(parameter.kind.canonical(value) ?? value)
        }
        return identity
    }

    private static func folded(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text.trimmed.lowercased())
        case .array(let items): .array(items.map(folded))
        default: value
        }
    }
}

extension String {
    /// Without spaces and line breaks around it.
    var trimmed: String {
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? startIndex
        return String(self[..<end].drop(while: \.isWhitespace))
    }
}
