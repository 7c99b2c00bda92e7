import LuaRuntime
import ParlantCore

/// What concerns more than one field of a definition.
enum EntityRules {
    /// - Parameters:
    ///   - fields: Fields that passed their own checks.
    ///   - spec: Table as it was given, so that a wrong field is not also reported as missing.
    static func check(
        _ kind: EntityKind, _ fields: [String: LuaValue], of spec: LuaValue, into validator: inout SpecValidator
    ) {
        let given = Set((spec.fields ?? []).map(\.key))
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
            let documents = spec.fields?.first { $0.key == "documents" }?.value
            checkSize(ofDocuments: documents?.items ?? [], into: &validator)
        case .journey: JourneyRules.check(spec, into: &validator)
        case .variable:
            if given.contains("freshness"), !given.contains("tool") { validator.note(VerbWording.freshnessNeedsTool) }
        case .tool, .tag, .plugin, .term, .retriever, .matchAlways, .anyOf, .allOf, .end, .void: break
        }
        if kind == .journey { checkTemplates(ofStates: fields["states"], into: &validator) }
        if kind == .guideline || kind == .observation {
            checkTemplates(fields["canned_responses"], "", into: &validator)
        }
    }

    private static func checkTemplates(
        _ responses: LuaValue?, _ path: String, into validator: inout SpecValidator
    ) {
        for (index, item) in (responses?.items ?? []).enumerated() {
            if let text = item.text { check(text, "\(path)canned_responses[\(index + 1)]", into: &validator) }
        }
    }

    private static func checkTemplates(ofStates states: LuaValue?, into validator: inout SpecValidator) {
        for state in states?.fields ?? [] {
            let responses = state.value.fields?.first { $0.key == "canned_responses" }?.value
            checkTemplates(responses, "\(JourneyWording.state(state.key)): ", into: &validator)
        }
    }

    /// A script gives a customer no more than clients may. All documents together are never too large: long before
    /// that, their table does not cross.
    private static func checkSize(ofDocuments documents: [LuaValue], into validator: inout SpecValidator) {
        let limits = KnowledgeLimits()
        if documents.count > limits.documentCount {
            validator.note("documents: \(Wording.tooManyDocuments(documents.count, limit: limits.documentCount))")
        }
        for (index, document) in documents.enumerated() {
            let content = document.fields?.first { $0.key == "content" }?.value
            let texts = content?.items?.compactMap(\.text) ?? content?.text.map { [$0] } ?? []
            let bytes = texts.reduce(0) { $0 + $1.utf8.count }
            let path = "documents[\(index + 1)]: content"
            if texts.count > limits.partCount {
                validator.note("\(path): \(Wording.tooManyTexts(texts.count, limit: limits.partCount))")
            }
            if bytes > limits.contentBytes {
                validator.note("\(path): \(Wording.tooLongDocument(bytes, limit: limits.contentBytes))")
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
