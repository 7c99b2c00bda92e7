import LuaRuntime
import ParlantCore

/// What `event` of a hook can do.
extension ContextServices {
    var hookEvents: [HostFunction] {
        [
            .immediate("replacement") { [limits] call in
                let name = "event:replace"
                guard let step = call.argument(0).text.flatMap(HookStep.init(rawValue:)), step.allowsReplacement else {
                    let step = call.argument(0).text.flatMap(HookStep.init(rawValue:)) ?? .error
                    throw HostError("\(name): \(HandlerWording.noReplacement(at: step))")
                }
                guard let text = call.argument(1).text else {
                    let found = HandlerWording.found(call.argument(1))
                    throw HostError("\(name): \(Wording.expected("a string", got: found))")
                }
                guard text.contains(where: { !$0.isWhitespace }) else {
                    throw HostError("\(name): \(HandlerWording.emptyReplacement)")
                }
                guard text.utf8.count <= limits.eventBytes else {
                    throw HostError("\(name): \(Wording.tooLarge("text", text.utf8.count, limit: limits.eventBytes))")
                }
                return [.string(text)]
            },
            .immediate("missing_in_event") { call in
                guard let key = call.argument(0).text, !Self.eventFields.contains(key) else { return [.nil] }
                throw HostError("event: \(Wording.noSuchWord(key, among: Self.eventFields + ["replace"]))")
            },
        ]
    }

    private static let eventFields = ["error", "step", "text"]
}
