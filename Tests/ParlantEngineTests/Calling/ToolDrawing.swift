import ParlantCore
import Testing

@testable import ParlantEngine

/// Tools, guidelines and calls in a few words, for tables of rules.
///
/// - A tool: `look`, `find(word)` with a parameter, `send!(to,amount)` with an effect that cannot be undone, `pay+` that
///   overlaps with each other one, `pay-` with none.
/// - A call: `find(word=cat)`; `find(word=cat)/g` ran on behalf of the guideline g, `find(…)<look` was picked from
///   overlapping ones; `find(…)?` failed, `find(…)%` was refused by its checks.
enum ToolDrawing {
    static func id(_ name: some StringProtocol) -> ToolID { ToolID(service: "test", name: String(name)) }

    static func tool(_ word: String) -> Tool {
        let name = word.prefix { $0.isLetter }
        let parameters = word.split(separator: "(").dropFirst().first?.dropLast().split(separator: ",") ?? []
        var tool = Tool.make(
            String(name), parameters.map { ToolParameter(name: String($0), kind: .string) },
            consequential: word.contains("!"))
        tool.overlap = word.contains("+") ? .always : word.contains("-") ? .none : .auto
        return tool
    }

    static func tools(_ words: String) -> [Tool] { words.split(separator: " ").map { tool(String($0)) } }

    /// Candidates in the order of `tools`; `offers` says which guidelines own which, as `find/g`; else `g` owns all.
    static func candidates(_ words: String, choices: [String: [JSONValue]] = [:]) -> [ToolCandidate] {
        words.split(separator: " ").map { word in
            let parts = word.split(separator: "/").map(String.init)
            let owners = parts.dropFirst().first?.split(separator: ",").map(String.init) ?? ["g"]
            return ToolCandidate(
                tool: tool(parts[0]), guidelines: owners.map { Guideline.make(GuidelineID($0), "c") },
                choices: choices)
        }
    }

    static func overlaps(_ words: [String]) -> [Relationship] {
        words.enumerated().map { index, word in
            let ends = word.split(separator: "~").map { id($0.filter { $0 != " " }) }
            return Relationship(
                id: RelationshipID("r\(index)"), kind: .overlap, source: .tool(ends[0]), target: .tool(ends[1]))
        }
    }

    static func call(_ word: some StringProtocol) -> ToolCall {
        let inner = word.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
        var arguments: JSONObject = [:]
        for part in String(inner).split(separator: ",") {
            let sides = part.split(separator: "=").map(String.init)
            arguments[sides[0]] = sides.count > 1 ? .string(sides[1]) : .null
        }
        return ToolCall(tool: id(word.prefix { $0.isLetter }), arguments: arguments)
    }

    static func run(_ word: String) -> ToolRun {
        let end = word.split(separator: ")", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        let outcome: ToolOutcome =
            end.contains("?")
            ? .failure(reason: "no") : end.contains("%") ? .invalid([]) : .result(ToolResult(data: true))
        let owner = end.split(separator: "/", omittingEmptySubsequences: false).dropFirst().first?.prefix {
            $0.isLetter
        }
        let rivals = end.split(separator: "<", omittingEmptySubsequences: false).dropFirst().map {
            id($0.prefix { $0.isLetter })
        }
        return ToolRun(
            call: call(word), outcome: outcome, owners: [GuidelineID(owner.map(String.init) ?? "g")],
            rivals: Set(rivals))
    }

    static func text(_ call: ToolCall) -> String {
        let arguments = call.arguments.map { "\($0)=\($1.string ?? $1.description)" }.joined(separator: ",")
        return "\(call.tool.name)(\(arguments))"
    }
}
