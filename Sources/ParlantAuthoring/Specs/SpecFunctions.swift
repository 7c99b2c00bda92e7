import LuaRuntime
import ParlantCore
import ParlantScripting

/// The host side of `require "parlant.test"`: declaring tests, and comparing values.
struct SpecFunctions: Sendable {
    let file: String
    let registry: SpecRegistry
    let definitions: SpecDefinitions

    /// Everything that the prelude calls.
    var all: [HostFunction] {
        declaring + comparing + ConversationFunctions(definitions: definitions).all
            + ConversationAssertions(definitions: definitions).all
    }

    private var declaring: [HostFunction] {
        [
            .immediate("spec_open") { [registry] call in
                registry.open(try name("describe", call, body: call.argument(1)))
                return []
            },
            .immediate("spec_close") { [registry] _ in
                registry.close()
                return []
            },
            .immediate("spec_test") { [registry, file] call in
                let options = call.argument(2)
                let isLive = !options.isAbsent
                let name = try name(isLive ? "live" : "it", call, body: call.argument(1))
                let line = call.location.map { SourceLocation(file: $0.file, line: $0.line) }
                registry.add(
                    name, at: line ?? SourceLocation(file: file, line: 0), live: isLive ? try live(options) : nil)
                return []
            },
            .immediate("spec_unknown") { call in
                let table = call.argument(0).text ?? "parlant.test"
                let word = call.argument(1).text ?? definitions.show(call.argument(1))
                throw HostError(SpecWording.unknownWord(table, word, Self.words[table] ?? []))
            },
            .immediate("spec_colon") { call in throw HostError(SpecWording.colon(call.argument(0).text ?? "customer"))
            },
        ]
    }

    /// The words of each table, for "did you mean".
    static let words: [String: [String]] = [
        "parlant.test": [
            "describe", "it", "live", "before_each", "after_each", "conversation", "assert",
        ],
        "assert": [
            "equal", "not_equal", "same", "is_nil", "is_not_nil", "is_true", "is_false", "matches", "has_error", "said",
            "not_said", "called", "not_called", "matched", "not_matched", "instructed", "not_instructed", "in_state",
            "ended", "meets",
        ],
        "chat": ["customer", "matches", "activates", "takes", "replies", "calls", "call", "advance", "events", "http"],
        "chat.http": ["on", "requests"], "route": ["reply"],
    ]

    private func name(_ word: String, _ call: HostCall, body: LuaValue) throws -> String {
        guard call.context == nil else { throw HostError(SpecWording.nested) }
        guard let name = call.argument(0).text, !name.isEmpty else { throw HostError(SpecWording.name(word)) }
        guard body.text == "function" else { throw HostError(SpecWording.body(word, body.text ?? "nil")) }
        return name
    }

    private func live(_ options: LuaValue) throws -> SpecTest.Live {
        guard let fields = options.fields else { throw HostError(SpecWording.liveCounts) }
        for field in fields where !["runs", "passes"].contains(field.key) {
            throw HostError(
                "live: unknown option '\(field.key)'\(SpecWording.didYouMean(field.key, ["runs", "passes"]))")
        }
        func count(_ name: String, else other: Int) throws -> Int {
            guard let value = fields.first(where: { $0.key == name })?.value else { return other }
            guard let count = value.int, (1...1000).contains(count) else { throw HostError(SpecWording.liveCounts) }
            return Int(count)
        }
        let runs = try count("runs", else: 1)
        let passes = try count("passes", else: runs)
        guard passes <= runs else { throw HostError(SpecWording.liveCounts) }
        return SpecTest.Live(runs: runs, passes: passes)
    }

    /// Arguments: the word, expected, actual, a message of the author's.
    private var comparing: [HostFunction] {
        [
            .immediate("spec_differs", passesFunctions: true) { [definitions] call in
                let expected = definitions.show(call.argument(1))
                let actual = definitions.show(call.argument(2))
                var text: String
                switch call.argument(0).text {
                case "truthy": text = SpecWording.expected("a value that holds", got: actual)
                case "not_equal": text = SpecWording.unexpected(actual)
                case "matches": text = SpecWording.noMatch(expected, actual)
                case "has_error":
                    let part = call.argument(1).isAbsent ? nil : expected
                    text =
                        call.argument(2).isAbsent
                        ? SpecWording.noError(part) : SpecWording.otherError(part ?? "", actual)
                default: text = SpecWording.expected(expected, got: actual)
                }
                if let message = call.argument(3).text { text = "\(message): \(text)" }
                throw HostError(text)
            }
        ]
    }
}
