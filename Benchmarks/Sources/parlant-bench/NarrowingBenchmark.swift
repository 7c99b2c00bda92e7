import Foundation
import ParlantCore
import ParlantEngine

/// Measures on the labelled set how many of the conditions that hold are kept by ``CandidateNarrowing``, and how many
/// conditions are kept in all.
struct NarrowingBenchmark {
    /// The folder of the labelled set.
    let data: String
    /// A file with one line for each text: `{"text": …, "vector": […]}`; nil: the texts are printed instead.
    let vectors: String?

    func run() throws {
        let labelled = try LabelledConversations(folder: data)
        guard let vectors else {
            for text in texts(labelled) { print(JSONValue.string(text)) }
            return
        }
        let known = try VectorFile.read(vectors)
        let conversations = labelled.conversations
        let agents = Set(conversations.map(\.agent)).sorted()
        let pools = Dictionary(uniqueKeysWithValues: agents.map { ($0, labelled.pool(of: $0)) })
        report("own", Figures(conversations, known) { pools[$0.agent] ?? [] })
        for agent in agents {
            report(agent, Figures(conversations.filter { $0.agent == agent }, known) { pools[$0.agent] ?? [] })
        }
        let union = labelled.union
        report("union", Figures(conversations, known) { _ in union })
    }

    /// Every text of which a vector is needed, once.
    private func texts(_ labelled: LabelledConversations) -> [String] {
        let conditions = CandidateNarrowing(labelled.union).texts
        let said = labelled.conversations.flatMap { CandidateNarrowing.queries($0.interaction) }
        var seen: Set<String> = []
        return (conditions + said).filter { seen.insert($0).inserted }
    }

    private func report(_ pool: String, _ figures: Figures) {
        print(
            JSONValue.object([
                "pool": .string(pool), "conditions": .integer(Int64(figures.conditions)),
                "conversations": .integer(Int64(figures.conversations)), "holding": .integer(Int64(figures.holding)),
                "near": .integer(Int64(figures.near)), "recall": .number(figures.recall),
                "kept": .number(figures.keptShare), "unconditional": .number(figures.unconditionalShare),
                "missed": .array(figures.missed.map(JSONValue.string)),
            ]))
    }

    /// What the narrowing did to some conversations.
    private struct Figures {
        private(set) var conditions = 0
        private(set) var conversations = 0
        private(set) var holding = 0
        private(set) var near = 0
        private(set) var missed: [String] = []
        private var kept = 0.0
        private var unconditional = 0.0

        var recall: Double { 1 - Double(missed.count) / Double(max(holding, 1)) }
        var keptShare: Double { kept / Double(max(conversations, 1)) }
        var unconditionalShare: Double { unconditional / Double(max(conversations, 1)) }

        init(
            _ labelled: [LabelledConversations.Conversation], _ vectors: [String: UnitVector],
            pool: (LabelledConversations.Conversation) -> [Guideline]
        ) {
            for conversation in labelled {
                let pool = pool(conversation)
                let narrowing = CandidateNarrowing(pool)
                let candidates =
                    narrowing.candidates(
                        in: conversation.interaction, conditions: narrowing.texts.compactMap { vectors[$0] },
                        said: CandidateNarrowing.queries(conversation.interaction).compactMap { vectors[$0] })
                    ?? Set(pool.map(\.id))
                let labels = conversation.resolved(in: pool)
                conditions = pool.count
                conversations += 1
                holding += labels.holds.count
                near += labels.near.count
                kept += Double(candidates.count) / Double(pool.count)
                unconditional += Double(narrowing.unconditional.count) / Double(pool.count)
                missed += labels.holds.subtracting(candidates).sorted().map { missed in
                    "\(missed): \(conversation.interaction.lastCustomerMessage)"
                }
            }
        }
    }
}
