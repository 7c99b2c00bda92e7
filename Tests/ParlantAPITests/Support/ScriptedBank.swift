import HTTPTypes
import ParlantCore

/// An agent as a script defines it: a guideline with a tool, an observation, and a canned response.
struct ScriptedBank: AgentCatalog {
    private static func line(_ number: Int) -> SourceLocation {
        SourceLocation(file: "agents/bank/init.lua", line: number)
    }

    private static let transfer = Tool(
        id: ToolID(service: "bank", name: "transfer"), description: "Moves money.",
        parameters: [
            ToolParameter(name: "amount", kind: .number),
            ToolParameter(
                name: "currency", kind: .string, description: "Which.", required: false,
                choices: .fixed(["EUR", "USD"])),
            ToolParameter(name: "on", kind: .date, defaultValue: "today"),
        ], location: line(3))

    private static let snapshot = AgentSnapshot(
        agent: Agent(id: "bank", name: "Bank", description: "Helps.", location: line(1)),
        guidelines: [
            Guideline(
                id: "move", content: .init(condition: "wants to move money", action: "Move it"),
                tools: [transfer.id], location: line(12)),
            Guideline(id: "angry", content: .init(condition: nil, action: nil), matcher: .always, location: line(20)),
        ],
        tools: [transfer.id: transfer],
        cannedResponses: (try? CannedResponseTemplate("Hello {{std.customer.name}}")).map { template in
            [CannedResponse(id: "hello", template: template, location: line(30))]
        } ?? [],
        handlers: ScriptlessHandlers())

    func agents() -> [Agent] { [Self.snapshot.agent] }

    func snapshot(of id: AgentID) -> AgentSnapshot? { id == Self.snapshot.agent.id ? Self.snapshot : nil }
}

/// Requests in a row, as tables of tests write them.
extension Fixture {
    /// An API above scripts with the agent `bank`.
    static func withScripts() -> Fixture { Fixture(scripts: ScriptedBank()) }

    /// Everything that can be listed over REST, to see that nothing was stored.
    func entityInventory() async throws -> [String] {
        let paths = [
            "/agents", "/guidelines", "/terms", "/canned_responses", "/capabilities", "/context-variables", "/journeys",
            "/relationships", "/services",
        ]
        var texts: [String] = []
        for path in paths { texts.append(try await send(.get, path).text) }
        return texts
    }
}
