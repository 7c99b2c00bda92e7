import Logging
import ParlantCore

/// A canned response that could be said in this turn, with its placeholders filled in.
struct CannedCandidate: Sendable, Equatable {
    /// Where it comes from; the order in which sources are tried.
    enum Origin: Int, Sendable, Comparable {
        case tool, guideline, agent

        static func < (left: Origin, right: Origin) -> Bool { left.rawValue < right.rawValue }
    }

    var response: CannedResponse
    /// As it would be said; ``generativeFields`` stand in it as placeholders.
    var text: String
    var origin: Origin
    /// Placeholders filled by tools of this turn, and dependencies on them.
    var toolFieldsUsed: Int
    /// Whether it asks for what is missing or says what failed.
    var addressesProblem: Bool
    /// Names of the fields that a model has to fill in before it can be said.
    var generativeFields: [String] = []
}

/// The canned responses that could be said, and the values that their placeholders have.
struct CannedCandidates: Sendable {
    private static let problemFields: Set<String> = [
        "std.missing_params", "std.invalid_params", "std.failure_reason",
    ]

    var items: [CannedCandidate]
    /// Responses that cannot be said now, and why; for the record.
    var unusable: [(id: CannedResponseID, reason: String)] = []
    /// Values of all placeholders but the generative ones.
    let fields: JSONObject

    /// Those whose fields all have a value (`domain.md` 1.1: a template whose fields are absent is never a candidate),
    /// in the order of origin, then of the guideline's importance, then of definition; each response once. One that
    /// does not render is left out, with a line in the log, because another response can still be said.
    ///
    /// - Parameter canFill: Whether a model fills in generative fields. Without one, templates with such fields are
    ///   no candidates.
    static func collect(
        _ composition: Composition, in context: TurnContext, canFill: Bool, _ logger: Logger
    ) -> CannedCandidates {
        var collection = Collection(
            fields: composition.allFields(in: context), toolFields: composition.toolFields, canFill: canFill,
            logger: logger)
        let byID = Dictionary(
            context.snapshot.cannedResponses.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let offered =
            composition.runs.enumerated().map { ("\($1.call.tool)#\($0)", $1.result?.cannedResponses ?? []) }
            + composition.retrieved.map { ("\($0.retriever)", $0.result.cannedResponses) }
        for (source, templates) in offered {
            for (position, template) in templates.enumerated() {
                let id = CannedResponseID("\(source).\(position)")
                do {
                    collection.add(CannedResponse(id: id, template: try CannedResponseTemplate(template)), .tool)
                } catch {
                    // The call itself succeeded.
                    logger.error(
                        "a canned response of a tool or retriever is no template",
                        metadata: ["canned_response": "\(id)", "error": "\(error.message)"])
                }
            }
        }
        for match in composition.matches {
            for id in match.guideline.cannedResponses {
                if let response = byID[id] { collection.add(response, .guideline) }
            }
        }
        for id in context.snapshot.agentCannedResponses {
            if let response = byID[id] { collection.add(response, .agent) }
        }
        return CannedCandidates(
            items: collection.items, unusable: collection.unusable, fields: collection.fields)
    }

    /// The candidate's text with its generative fields filled in; nil when it has no text for these values.
    func text(of candidate: CannedCandidate, filling values: [String: String]) -> String? {
        guard !candidate.generativeFields.isEmpty else { return candidate.text }
        guard candidate.generativeFields.allSatisfy({ values[$0] != nil }) else { return nil }
        return try? candidate.response.template.render(GenerativeFields.adding(values, to: fields))
    }

    private struct Collection {
        let fields: JSONObject
        let toolFields: JSONObject
        let canFill: Bool
        let logger: Logger
        var items: [CannedCandidate] = []
        var unusable: [(id: CannedResponseID, reason: String)] = []
        private var seen: Set<CannedResponseID> = []

        init(fields: JSONObject, toolFields: JSONObject, canFill: Bool, logger: Logger) {
            self.fields = fields
            self.toolFields = toolFields
            self.canFill = canFill
            self.logger = logger
        }

        mutating func add(_ response: CannedResponse, _ origin: CannedCandidate.Origin) {
            guard seen.insert(response.id).inserted, !response.tags.contains(CannedResponse.preambleTag) else { return }
            if let missing = response.fieldDependencies.first(where: {
                !CannedResponseTemplate.hasValue($0, in: fields)
            }) {
                return unusable.append((response.id, "'\(missing)' has no value"))
            }
            guard let names = GenerativeFields.names(in: response.template) else {
                return unusable.append((response.id, "no model can fill its generative fields"))
            }
            guard canFill || names.isEmpty else {
                return unusable.append((response.id, "its generative fields need a model"))
            }
            guard let text = text(of: response, names) else { return }
            let used = Set(response.template.fields + response.fieldDependencies)
            items.append(
                CannedCandidate(
                    response: response, text: text, origin: origin,
                    toolFieldsUsed: used.count { toolFields[$0] != nil },
                    addressesProblem: !used.isDisjoint(with: problemFields), generativeFields: names))
        }

        private mutating func text(of response: CannedResponse, _ generative: [String]) -> String? {
            do {
                return try response.template.render(GenerativeFields.addingPlaceholders(generative, to: fields))
            } catch {
                switch error {
                case .missing(let field): unusable.append((response.id, "'\(field)' has no value"))
                case .failed(let reason):
                    unusable.append((response.id, "it did not render: \(reason)"))
                    logger.error(
                        "a canned response did not render",
                        metadata: ["canned_response": "\(response.id)", "error": "\(reason)"])
                }
                return nil
            }
        }
    }
}
