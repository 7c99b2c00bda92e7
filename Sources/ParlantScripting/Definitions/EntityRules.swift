import LuaRuntime
import ParlantCore

/// What concerns more than one field of a definition.
enum EntityRules {
    /// - Parameters:
    ///   - fields: Fields that passed their own checks.
    ///   - given: Names of all fields that were given, so that a wrong field is not also reported as missing.
    static func check(
        _ kind: EntityKind, _ fields: [String: LuaValue], given: Set<String>, into validator: inout SpecValidator
    ) {
        switch kind {
        case .agent:
            if fields["output_mode"]?.text == "stream", (fields["composition_mode"]?.text ?? "fluid") != "fluid" {
                validator.note(Wording.streamNeedsFluid)
            }
        case .guideline:
            needsCondition(given, into: &validator)
            if !given.contains("action"), !given.contains("tools") { validator.note(Wording.noAction) }
        case .observation:
            needsCondition(given, into: &validator)
        case .cannedResponse:
            if let template = fields["template"]?.text { check(template, "template", into: &validator) }
        case .customer:
            if fields["id"]?.text == Customer.guestID.rawValue { validator.note(Wording.guestCustomer) }
        case .tool, .tag, .plugin, .matchAlways, .void: break
        }
        if kind == .guideline || kind == .observation {
            for (index, item) in (fields["canned_responses"]?.items ?? []).enumerated() {
                if let template = item.text { check(template, "canned_responses[\(index + 1)]", into: &validator) }
            }
        }
    }

    private static func needsCondition(_ given: Set<String>, into validator: inout SpecValidator) {
        if given.isDisjoint(with: ["condition", "matcher"]) { validator.note(Wording.noCondition) }
        if given.contains("matcher"), given.isDisjoint(with: ["id", "title", "condition", "action"]) {
            validator.note(Wording.noIdentity)
        }
    }

    private static func check(_ template: String, _ path: String, into validator: inout SpecValidator) {
        do { _ = try CannedResponseTemplate(template) } catch { validator.note("\(path): \(error.message)") }
    }
}
