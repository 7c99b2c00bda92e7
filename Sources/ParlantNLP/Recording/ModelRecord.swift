import ParlantCore
import Synchronization

/// Answers out of a record, each as often as it was recorded, in the order in which it was.
///
/// The same question asked more often than it was recorded gets its last answer: a turn that is run again may be run
/// twice.
public final class ModelRecord: Sendable {
    /// A line of a record is not one that this server writes.
    public struct UnreadableLine: Error, Sendable, Equatable, CustomStringConvertible {
        /// From 1.
        public var number: Int

        public var description: String {
            "line \(number) is no recorded call of a language model; record the file again with --record"
        }
    }

    private struct Answers {
        var all: [JSONObject]
        var next = 0
    }

    private let calls: [RecordedCall]
    /// By the text of kind and question.
    private let answers: Mutex<[String: Answers]>

    /// Reads a record.
    ///
    /// - Parameter text: One call per line; empty lines are left out.
    /// - Throws: ``UnreadableLine``.
    public init(_ text: String) throws(UnreadableLine) {
        var calls: [RecordedCall] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where line.contains(where: { !$0.isWhitespace }) {
            guard let call = RecordedCall(line: String(line)) else { throw UnreadableLine(number: index + 1) }
            calls.append(call)
        }
        self.calls = calls
        var answers: [String: Answers] = [:]
        for call in calls {
            answers[Self.key(call.kind, call.question), default: Answers(all: [])].all.append(call.answer)
        }
        self.answers = Mutex(answers)
    }

    /// Whether anything of this kind was recorded.
    func contains(_ kind: RecordedCall.Kind) -> Bool { calls.contains { $0.kind == kind } }

    /// The next answer to a question.
    ///
    /// - Throws: ``NLPError`` `rejected`, with what differs from the closest question of the record.
    func answer(_ kind: RecordedCall.Kind, _ question: JSONObject) throws(NLPError) -> JSONObject {
        let found = answers.withLock { answers -> JSONObject? in
            guard var known = answers[Self.key(kind, question)] else { return nil }
            let answer = known.all[min(known.next, known.all.count - 1)]
            known.next += 1
            answers[Self.key(kind, question)] = known
            return answer
        }
        guard let found else { throw NLPError(.rejected, explanation(kind, question)) }
        return found
    }

    /// The same for questions that are equal, whether they come from a file or from the engine: numbers are written alike.
    private static func key(_ kind: RecordedCall.Kind, _ question: JSONObject) -> String {
        let text = JSONValue.object(question).description
        let normal = (try? JSONParser.parse(text))?.description ?? text
        return "\(kind.rawValue) \(normal)"
    }

    private func explanation(_ kind: RecordedCall.Kind, _ question: JSONObject) -> String {
        let name = question["name"]?.string.map { "'\($0)'" } ?? "'\(kind.rawValue)'"
        let remedy = "record it again with --record"
        let candidates = calls.filter { $0.kind == kind && $0.question["name"] == question["name"] }
        let closest = candidates.map { Difference(recorded: $0.question, asked: question) }
            .max { ($0.equalMembers, $0.place) < ($1.equalMembers, $1.place) }
        guard let closest else { return "the record has no question \(name); \(remedy)" }
        return "the record has no such question \(name): \(closest.description); \(remedy)"
    }
}

/// Where two questions part.
private struct Difference: CustomStringConvertible {
    private static let shown = 40

    /// Members that are the same.
    let equalMembers: Int
    private let member: String
    /// Characters that the two texts of the member have in common at their begin.
    let place: Int
    private let recorded: String
    private let asked: String

    init(recorded: JSONObject, asked: JSONObject) {
        let differing = asked.keys.filter { recorded[$0] != asked[$0] }
        equalMembers = asked.count - differing.count
        member = differing.first ?? ""
        let left = Self.text(recorded[member])
        let right = Self.text(asked[member])
        place = zip(left, right).prefix { $0 == $1 }.count
        self.recorded = String(left.dropFirst(place).prefix(Self.shown))
        self.asked = String(right.dropFirst(place).prefix(Self.shown))
    }

    var description: String {
        "'\(member)' differs from character \(place + 1) on: recorded \"\(recorded)\", asked \"\(asked)\""
    }

    private static func text(_ value: JSONValue?) -> String { value?.string ?? value?.description ?? "" }
}
