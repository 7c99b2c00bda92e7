import Foundation
import ParlantCore
import ParlantEngine

/// Measures on the labelled sets how often the passage that answers a question is among the best five of
/// ``PassageIndex``, by words alone and with vectors.
struct RetrievalBenchmark {
    /// The folder of the labelled sets.
    let data: String
    /// A file with one line for each text: `{"text": …, "vector": […]}`; nil: the texts are printed instead.
    let vectors: String?

    private static let limit = 5

    func run() throws {
        let labelled = try LabelledQuestions(folder: data)
        guard let vectors else {
            let windows = PassageIndex(labelled.sources.map(\.passage)).windows.flatMap(\.self)
            let questions = LabelledQuestions.sets.flatMap { labelled.questions[$0] ?? [] }.map(\.text)
            var seen: Set<String> = []
            for text in windows + questions where seen.insert(text).inserted { print(JSONValue.string(text)) }
            return
        }
        let known = try VectorFile.read(vectors)
        for set in LabelledQuestions.sets {
            for isOwn in [true, false] {
                for hasVectors in [false, true] {
                    report(
                        set, isOwn ? "own" : "all", hasVectors ? "vectors and words" : "words",
                        Figures(labelled, set, isOwn: isOwn, hasVectors ? known : nil))
                }
            }
        }
    }

    private func report(_ set: String, _ pool: String, _ way: String, _ figures: Figures) {
        func count(_ counts: [String: Int], _ kinds: [String]) -> JSONValue {
            .integer(Int64(kinds.reduce(0) { $0 + counts[$1, default: 0] }))
        }
        print(
            JSONValue.object([
                "set": .string(set), "pool": .string(pool), "way": .string(way),
                "questions": count(figures.asked, ["plain", "paraphrase"]),
                "recall": .number(figures.recall(["plain", "paraphrase"])),
                "plain": .number(figures.recall(["plain"])), "paraphrase": .number(figures.recall(["paraphrase"])),
                "unrelated": count(figures.asked, ["unrelated"]),
                "unrelated_answered": count(figures.found, ["unrelated"]),
                "missed": .array(figures.missed.map(JSONValue.string)),
            ]))
    }

    /// What came of the questions of one set, by their kind.
    private struct Figures {
        private(set) var asked: [String: Int] = [:]
        /// Questions whose passage was found; of the unrelated ones those that brought any.
        private(set) var found: [String: Int] = [:]
        private(set) var missed: [String] = []

        init(_ labelled: LabelledQuestions, _ set: String, isOwn: Bool, _ vectors: [String: UnitVector]?) {
            var indices: [String: PassageIndex] = [:]
            for question in labelled.questions[set] ?? [] {
                let pool = labelled.pool(for: question, isOwn: isOwn)
                let key = isOwn && question.document != nil ? pool[0].owner : ""
                let index = indices[key] ?? Self.index(pool, vectors)
                indices[key] = index
                let hits = index.search(
                    question.text, vector: vectors?[question.text], limit: RetrievalBenchmark.limit)
                let isFound =
                    question.document.map { document in
                        hits.contains { hit in
                            let source = pool[hit.position]
                            return source.document == document && source.passage.text.contains(question.phrase)
                        }
                    } ?? !hits.isEmpty
                asked[question.kind, default: 0] += 1
                if isFound { found[question.kind, default: 0] += 1 }
                if isFound == (question.document == nil) { missed.append(question.text) }
            }
        }

        private static func index(
            _ pool: [LabelledQuestions.Source], _ vectors: [String: UnitVector]?
        ) -> PassageIndex {
            var index = PassageIndex(pool.map(\.passage))
            guard let vectors else { return index }
            for position in index.passages.indices {
                index.add(index.windows[position].compactMap { vectors[$0] }, at: position)
            }
            return index
        }

        func recall(_ kinds: [String]) -> Double {
            Double(kinds.reduce(0) { $0 + found[$1, default: 0] })
                / Double(max(kinds.reduce(0) { $0 + asked[$1, default: 0] }, 1))
        }
    }
}
