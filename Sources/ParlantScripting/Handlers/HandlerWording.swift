import LuaRuntime
import ParlantCore

/// What is said about functions of scripts that returned something else than they should, or took too long.
enum HandlerWording {
    static func matcherResult(_ value: LuaValue) -> String {
        "a matcher returns true or false, and a reason; this one returned \(found(value))"
    }
    static func fieldsResult(_ value: LuaValue) -> String {
        "canned_response_fields returns a table with named fields; this one returned \(found(value))"
    }
    static func hookResult(_ value: LuaValue) -> String {
        "a hook returns nothing, \"resolve\" or \"bail\"; this one returned \(found(value))"
    }
    static func noReplacement(at step: HookStep) -> String {
        let steps = HookStep.allCases.filter(\.allowsReplacement).map(\.rawValue).joined(separator: ", ")
        return "there is no text to replace at \(step.rawValue) (only at: \(steps))"
    }
    static let emptyReplacement = "the text is empty; return \"bail\" to send nothing"
    static func choicesResult(_ value: LuaValue) -> String {
        "choices returns a list; this one returned \(found(value))"
    }
    static func validateResult(_ value: LuaValue) -> String {
        "validate returns true or false, and a reason; this one returned \(found(value))"
    }
    static func reason(_ value: LuaValue) -> String {
        "after nil comes the reason, as a sentence; this one returned \(found(value))"
    }
    static let noResult = "the result cannot be read"
    static func tooLarge(_ noun: String, _ bytes: Int, limit: Int) -> String {
        "the \(noun) has \(bytes) bytes of JSON, more than the limit of \(limit) bytes; return less, or a summary"
    }
    static func deadline(_ limit: Duration) -> String {
        let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18
        return "stopped after \(Wording.number(seconds)) s, waiting included"
    }
    static func noFunction(_ subject: String) -> String { "there is no function for \(subject)" }
    static let refused = "is not allowed"

    static func found(_ value: LuaValue) -> String { SpecValidator { "a \($0.kind)" }.found(value) }
}
