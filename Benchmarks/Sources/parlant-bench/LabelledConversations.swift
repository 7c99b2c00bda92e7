import Foundation
import ParlantCore

/// The labelled set of `Benchmarks/narrowing`: conditions of five agents and of all agents, and conversations of whom a
/// person says which conditions hold.
struct LabelledConversations {
    struct Conversation {
        var agent: String
        var interaction: Interaction
        var holds: [GuidelineID]
        /// Hard negatives: near to what was said, and they do not hold.
        var near: [GuidelineID]
    }

    /// The file whose conditions every agent has.
    static let general = "general"

    /// Conditions by the name of their file.
    private(set) var guidelines: [String: [Guideline]] = [:]
    private(set) var conversations: [Conversation] = []

    /// Reads all files of a folder; one line is one guideline or one conversation.
    init(folder: String) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".jsonl") }
        for file in files.sorted() {
            let agent = String(file.dropLast(".jsonl".count))
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            for line in text.split(separator: "\n") {
                let row = try JSONParser.parse(String(line))
                if row["guideline"] != nil {
                    guidelines[agent, default: []].append(Self.guideline(row, of: agent))
                } else {
                    conversations.append(Self.conversation(row, of: agent))
                }
            }
        }
    }

    /// What an agent can be told: its own conditions and the general ones.
    func pool(of agent: String) -> [Guideline] { (guidelines[agent] ?? []) + (guidelines[Self.general] ?? []) }

    /// The conditions of all files in one pool.
    var union: [Guideline] { guidelines.keys.sorted().flatMap { guidelines[$0] ?? [] } }

    private static func id(_ name: String?, of agent: String) -> GuidelineID { GuidelineID("\(agent)/\(name ?? "")") }

    private static func guideline(_ row: JSONValue, of agent: String) -> Guideline {
        Guideline(
            id: id(row["guideline"]?.string, of: agent),
            content: GuidelineContent(condition: row["condition"]?.string, action: row["action"]?.string),
            criticality: row["criticality"]?.string.flatMap(Criticality.init(rawValue:)) ?? .medium)
    }

    private static func conversation(_ row: JSONValue, of agent: String) -> Conversation {
        let messages = (row["said"]?.array ?? []).compactMap(\.string).map { line in
            let isAgent = line.hasPrefix("agent: ")
            return InteractionMessage(
                role: isAgent ? .agent : .customer,
                text: String(line.dropFirst(isAgent ? "agent: ".count : "customer: ".count)),
                at: Timestamp(microseconds: 0))
        }
        func ids(_ field: String) -> [GuidelineID] {
            (row[field]?.array ?? []).map { id($0.string, of: agent) }
        }
        return Conversation(
            agent: agent, interaction: Interaction(messages: messages), holds: ids("holds"), near: ids("near"))
    }
}

extension LabelledConversations.Conversation {
    /// Names without an agent's condition of that name are general ones.
    func resolved(in pool: [Guideline]) -> (holds: Set<GuidelineID>, near: Set<GuidelineID>) {
        let known = Set(pool.map(\.id))
        func resolve(_ ids: [GuidelineID]) -> Set<GuidelineID> {
            Set(
                ids.map { id in
                    let name = id.rawValue.split(separator: "/", maxSplits: 1)[1]
                    return known.contains(id) ? id : GuidelineID("\(LabelledConversations.general)/\(name)")
                })
        }
        return (resolve(holds), resolve(near))
    }
}
