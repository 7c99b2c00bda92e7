import Foundation
import ParlantCore
import ParlantEngine

/// The labelled sets of `Benchmarks/retrieval`: documents of several owners, and questions of whom a person says which
/// document answers them, and with which words.
struct LabelledQuestions {
    struct Question {
        var text: String
        /// The document that answers; nil: nothing here does.
        var document: String?
        /// What the passage that answers says.
        var phrase: String
        /// `plain`, `paraphrase` or `unrelated`.
        var kind: String
    }

    /// A passage and where it comes from.
    struct Source {
        var owner: String
        var document: String
        var passage: Passage
    }

    /// The sets in the order in which they were written: the constants were chosen on the first.
    static let sets = ["questions", "held-out"]

    private(set) var sources: [Source] = []
    private(set) var questions: [String: [Question]] = [:]

    /// Reads a folder: `OWNER.txt` has documents, each after a line `=== NAME: TITLE`; `SET.jsonl` has questions.
    init(folder: String) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".txt") }
        for file in files.sorted() {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            for document in ("\n" + text).components(separatedBy: "\n=== ").dropFirst() {
                let parts = document.split(separator: "\n", maxSplits: 1)
                let heading = parts[0].split(separator: ":", maxSplits: 1).map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                let passages = PassageSplitter().passages(title: heading[1], content: [String(parts[1])])
                sources += passages.map { Source(owner: file, document: heading[0], passage: $0) }
            }
        }
        for set in Self.sets {
            let text = try String(contentsOfFile: "\(folder)/\(set).jsonl", encoding: .utf8)
            questions[set] = try text.split(separator: "\n").map { line in
                let row = try JSONParser.parse(String(line))
                return Question(
                    text: row["question"]?.string ?? "", document: row["document"]?.string,
                    phrase: row["phrase"]?.string ?? "", kind: row["kind"]?.string ?? "unrelated")
            }
        }
    }

    /// The passages among which a question is asked: those of the owner whose document answers it, or all.
    func pool(for question: Question, isOwn: Bool) -> [Source] {
        guard isOwn, let document = question.document else { return sources }
        let owner = sources.first { $0.document == document }?.owner
        return sources.filter { $0.owner == owner }
    }
}
