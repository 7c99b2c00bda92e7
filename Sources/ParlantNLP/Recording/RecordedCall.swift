public import ParlantCore

/// One question to a language model and what came of it, as one line of JSON.
public struct RecordedCall: Sendable, Equatable {
    /// What was asked of the model. Raw values are those of the file.
    public enum Kind: String, Sendable, CaseIterable {
        case generate, stream, embed, moderate
    }

    public var kind: Kind
    /// The whole question; two questions are the same when this is.
    public var question: JSONObject
    /// The answer in the form of its kind.
    public var answer: JSONObject

    /// The call as it stands in a file, without the end of the line.
    public var line: String {
        JSONValue.object([
            "kind": .string(kind.rawValue), "question": .object(question), "answer": .object(answer),
        ]).description
    }

    init(_ kind: Kind, _ question: JSONObject, _ answer: JSONObject) {
        self.kind = kind
        self.question = question
        self.answer = answer
    }

    /// Reads a line of a file; nil when it is none.
    public init?(line: String) {
        guard let value = try? JSONParser.parse(line), let kind = value["kind"]?.string.flatMap(Kind.init(rawValue:)),
            let question = value["question"]?.object, let answer = value["answer"]?.object
        else { return nil }
        self.init(kind, question, answer)
    }
}

extension GenerationRequest {
    /// What the answer depends on. The time limit is no part of it: it says how long to wait, not for what.
    var recorded: JSONObject {
        [
            "name": .string(schemaName), "system": .string(system), "prompt": .string(prompt), "schema": schema,
            "temperature": .number(temperature), "max_tokens": .integer(Int64(maxTokens)),
            "size": .string(size.rawValue),
        ]
    }
}

extension Generation {
    var recorded: JSONObject {
        [
            "content": content, "input_tokens": .integer(Int64(usage.input)),
            "output_tokens": .integer(Int64(usage.output)), "model": .string(model),
            "attempts": .integer(Int64(attempts)),
        ]
    }

    init?(recorded: JSONObject) {
        guard let content = recorded["content"], let model = recorded["model"]?.string else { return nil }
        func count(_ name: String) -> Int { recorded[name]?.integer.flatMap { Int(exactly: $0) } ?? 0 }
        self.init(
            content: content, usage: TokenUsage(input: count("input_tokens"), output: count("output_tokens")),
            model: model, attempts: count("attempts"))
    }
}
