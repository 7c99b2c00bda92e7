import ParlantCore
import ParlantScripting
import ParlantServer

/// One journey of the agents, drawn.
struct JourneyDiagram: Sendable {
    let journey: JourneyID
    let location: SourceLocation?
    /// The diagram in the language of Mermaid.
    let source: String

    /// All journeys, by agent, then in the order in which they were made or attached. One that several agents attach is
    /// drawn once.
    static func all(of scripts: LoadedScripts) -> [JourneyDiagram] {
        var diagrams: [JourneyDiagram] = []
        for agent in scripts.agents() {
            guard let snapshot = scripts.snapshot(of: agent.id) else { continue }
            let texts = Dictionary(
                (snapshot.triggers + snapshot.guidelines).compactMap { guideline in
                    guideline.content.condition.map { (guideline.id, $0) }
                }, uniquingKeysWith: { first, _ in first })
            for journey in snapshot.journeys {
                if diagrams.contains(where: { $0.journey == journey.id && $0.location == journey.location }) {
                    continue
                }
                let conditions = journey.conditions.compactMap { texts[$0] }
                diagrams.append(
                    JourneyDiagram(
                        journey: journey.id, location: journey.location,
                        source: MermaidDiagram(journey, conditions: conditions).description))
            }
        }
        return diagrams
    }

    /// Diagrams one below the other, each after a comment of Mermaid that says which journey it is.
    static func text(of diagrams: [JourneyDiagram]) -> String {
        if diagrams.isEmpty { return "%% there are no journeys\n" }
        return diagrams.map { diagram in
            let place = diagram.location.map { "\($0): " } ?? ""
            return "%% \(place)journey '\(diagram.journey)'\n\(diagram.source)"
        }.joined(separator: "\n")
    }

    /// For programs: `journey`, `file` and `line`, `mermaid`.
    var json: JSONValue {
        var object: JSONObject = ["journey": .string(journey.rawValue)]
        if let location {
            object["file"] = .string(location.file)
            object["line"] = .integer(Int64(location.line))
        }
        object["mermaid"] = .string(source)
        return .object(object)
    }

    /// What to say of an id that no journey has.
    static func unknown(_ id: String, among diagrams: [JourneyDiagram]) -> ConfigurationError {
        let ids = diagrams.map(\.journey.rawValue)
        let hint = Suggestion.nearest(to: id, among: ids).map { " (did you mean '\($0)'?)" } ?? ""
        let names = ids.map { "'\($0)'" }.joined(separator: ", ")
        let others = ids.isEmpty ? "the agents have no journeys" : "journeys: \(names)"
        // `check --draw agents` takes the folder for an id.
        let path = Workbench.isFolder(id) == nil ? "" : "; write the path before --draw"
        return ConfigurationError("there is no journey '\(id)'\(hint); \(others)\(path)")
    }
}
