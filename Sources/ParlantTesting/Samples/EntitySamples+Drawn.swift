public import ParlantCore

extension EntitySamples {
    private static let location = SourceLocation(file: "agents/a/init.lua", line: 1)

    /// Journeys without a drawing, and one with every kind of state and way.
    public static let journeys: [Journey] = [
        Journey(id: "plain", title: "t", description: "d"),
        Journey(
            id: "full", title: "t", description: "d", conditions: ["g2", "g1"], compositionMode: .strict, priority: 4,
            labels: ["l2", "l1"], tags: tags, graph: graph, cannedResponses: ["c2", "c1"], handlers: [.onSelected],
            location: location),
    ]

    private static let graph = JourneyGraph(
        start: "ask",
        states: [
            JourneyState(
                name: "ask", kind: .chat(instruction: "Ask"), next: .always("look"), description: "d",
                compositionMode: .composited, cannedResponses: ["c"], handlers: [.cannedResponseFields],
                labels: ["b", "a"], metadata: json),
            JourneyState(
                name: "look",
                kind: .tools(
                    [ToolID(service: "s", name: "t"), ToolID(service: "s", name: "u")], instruction: "Both"),
                next: .always("choose")),
            JourneyState(
                name: "choose", kind: .fork,
                next: .first([
                    ConditionalTransition(condition: "yes", target: .state("other")),
                    ConditionalTransition(condition: "no", target: .end),
                ])),
            JourneyState(name: "other", kind: .journey("j2")),
        ])

    /// Canned responses; the templates parse.
    public static let cannedResponses: [CannedResponse] = [
        make("plain", "Hello"),
        make(
            "full", "Hello {{ std.customer.name }}{% if x is defined %}, {{ x }}{% endif %}", signals: ["s2", "s1"],
            fieldDependencies: ["y"],
            fields: [
                CannedResponseField(name: "x", description: "d", examples: ["1", "2"]),
                CannedResponseField(name: "z", description: ""),
            ], tags: true),
    ]

    private static func make(
        _ id: CannedResponseID, _ source: String, signals: [String] = [], fieldDependencies: [String] = [],
        fields: [CannedResponseField] = [], tags hasTags: Bool = false
    ) -> CannedResponse {
        guard let template = try? CannedResponseTemplate(source) else {
            preconditionFailure("the sample '\(id)' is no template")
        }
        return CannedResponse(
            id: id, template: template, signals: signals, fieldDependencies: fieldDependencies, fields: fields,
            tags: hasTags ? tags : [], metadata: hasTags ? json : [:], location: hasTags ? location : nil)
    }
}
