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
    var text: String
    var origin: Origin
    /// Placeholders filled by tools of this turn, and dependencies on them.
    var toolFieldsUsed: Int
    /// Whether it asks for what is missing or says what failed.
    var addressesProblem: Bool
}

/// Collects the canned responses whose fields all have a value (`domain.md` 1.1: a template whose fields are absent is
/// never a candidate).
enum CannedCandidates {
    private static let problemFields: Set<String> = [
        "std.missing_params", "std.invalid_params", "std.failure_reason",
    ]

    /// Candidates in the order of origin, then of the guideline's importance, then of definition; each response once.
    /// One that does not render is left out, with a line in the log, because another response can still be said.
    static func collect(
        _ composition: Composition, in context: TurnContext, _ logger: Logger
    ) -> [CannedCandidate] {
        let fields = composition.allFields(in: context)
        let toolFields = composition.toolFields
        let byID = Dictionary(
            context.snapshot.cannedResponses.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<CannedResponseID> = []
        var candidates: [CannedCandidate] = []
        func add(_ response: CannedResponse, _ origin: CannedCandidate.Origin) {
            guard seen.insert(response.id).inserted, !response.tags.contains(CannedResponse.preambleTag) else { return }
            let isComplete = response.fieldDependencies.allSatisfy {
                CannedResponseTemplate.hasValue($0, in: fields)
            }
            guard isComplete, let text = text(of: response, fields, logger) else { return }
            let used = Set(response.template.fields + response.fieldDependencies)
            candidates.append(
                CannedCandidate(
                    response: response, text: text, origin: origin,
                    toolFieldsUsed: used.count { toolFields[$0] != nil },
                    addressesProblem: !used.isDisjoint(with: problemFields)))
        }
        for (index, run) in composition.runs.enumerated() {
            for (position, source) in (run.result?.cannedResponses ?? []).enumerated() {
                let id = CannedResponseID("\(run.call.tool)#\(index).\(position)")
                do {
                    add(CannedResponse(id: id, template: try CannedResponseTemplate(source)), .tool)
                } catch {
                    // The tool's call itself succeeded.
                    logger.error(
                        "a tool's canned response is no template",
                        metadata: ["canned_response": "\(id)", "error": "\(error.message)"])
                }
            }
        }
        for match in composition.matches {
            for id in match.guideline.cannedResponses { if let response = byID[id] { add(response, .guideline) } }
        }
        for id in context.snapshot.agentCannedResponses { if let response = byID[id] { add(response, .agent) } }
        return candidates
    }

    private static func text(of response: CannedResponse, _ fields: JSONObject, _ logger: Logger) -> String? {
        do {
            return try response.template.render(fields)
        } catch {
            if case .failed(let reason) = error {
                logger.error(
                    "a canned response did not render",
                    metadata: ["canned_response": "\(response.id)", "error": "\(reason)"])
            }
            return nil
        }
    }
}
