/// What a load read, for people.
public struct LoadSummary: Sendable, Equatable, CustomStringConvertible {
    /// One agent or plugin bundle.
    public struct BundleSummary: Sendable, Equatable {
        /// Name of the bundle.
        public var name: String
        /// Whether it stands under `plugins/`.
        public var isPlugin: Bool
        /// Version, for a plugin that says so.
        public var version: String?
        /// Names of its agents, as customers see them.
        public var agents: [String]
        /// Guidelines and observations.
        public var guidelines: Int
        public var journeys: Int
        /// Tools that its own files define.
        public var tools: Int
    }

    /// Agents, then plugins, each by name.
    public var bundles: [BundleSummary]
    /// What is odd and no mistake, one sentence each.
    public var warnings: [String]

    /// One line per bundle, then the warnings: `agent bank (Otto): 8 guidelines, 4 tools`.
    public var description: String {
        (bundles.map(Self.line) + warnings.map { "warning: \($0)" }).joined(separator: "\n")
    }

    private static func line(_ bundle: BundleSummary) -> String {
        let tools = count(bundle.tools, "tool")
        guard bundle.isPlugin else {
            let names = bundle.agents.isEmpty ? "" : " (\(bundle.agents.joined(separator: ", ")))"
            let journeys = bundle.journeys == 0 ? "" : ", \(count(bundle.journeys, "journey"))"
            return "agent \(bundle.name)\(names): \(count(bundle.guidelines, "guideline")), \(tools)\(journeys)"
        }
        return "plugin \(bundle.name)\(bundle.version.map { " \($0)" } ?? ""): \(tools)"
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
