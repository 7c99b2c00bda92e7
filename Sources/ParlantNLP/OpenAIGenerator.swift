import ParlantCore

/// Asks a chat model for JSON, and asks again when what comes does not fit.
struct OpenAIGenerator: SchematicGenerator {
    /// Bytes of the reply at most; answers are a few kilobytes.
    private static let maxReplyBytes = 4 << 20
    /// A cut answer gets twice the room, this often at most.
    private static let maxDoublings = 2

    let client: OpenAIClient
    let dialect: LearnedDialect
    /// Told once for each thing that the endpoint does not understand.
    let onNotice: @Sendable (String) -> Void

    func generate(_ request: GenerationRequest) async throws -> Generation {
        let deadline = client.deadline(within: request.timeLimit)
        var usage = TokenUsage()
        var chat = OpenAIChat(request, model: client.configuration.model)
        var doublings = 0
        var attempts = 0
        var problem = ""
        for _ in 0...max(client.configuration.repairs, 0) {
            let completion = try await complete(chat, until: deadline, attempts: &attempts)
            usage += completion.usage
            switch completion.ending {
            case .refused:
                throw NLPError(.rejected, "the model refused to answer; reword the guidelines that apply")
            case .filtered:
                throw NLPError(.rejected, "\(client.configuration.host) filtered the answer; see its content policy")
            case .cut:
                problem = "the answer was cut off"
                if doublings < Self.maxDoublings {
                    doublings += 1
                    chat.maxTokens *= 2
                }
                chat.askAgain(because: problem + ", be shorter", after: nil)
            case .empty:
                problem = "the answer was empty"
            case .text(let text):
                guard let content = OpenAIChat.json(in: text) else {
                    problem = "the answer is not JSON"
                    chat.askAgain(because: problem, after: text)
                    continue
                }
                guard let misfit = JSONSchemaCheck.problem(of: content, in: request.schema) else {
                    return Generation(
                        content: content, usage: usage, model: client.configuration.model, attempts: attempts)
                }
                problem = misfit
                chat.askAgain(because: problem, after: text)
            }
        }
        throw NLPError(
            .malformed,
            "\(client.configuration.model) did not write what was asked for (\(request.schemaName): \(problem)); try a "
                + "more capable model", usage: usage, attempts: attempts)
    }

    /// One answer, in the plainest dialect that is needed.
    private func complete(
        _ chat: OpenAIChat, until deadline: Duration, attempts: inout Int
    ) async throws -> OpenAICompletion {
        while true {
            let used = dialect.current
            let answer = try await client.post(
                "/chat/completions", chat.body(in: used), until: deadline, attempts: &attempts,
                maxReplyBytes: Self.maxReplyBytes)
            switch answer {
            case .body(let body): return OpenAICompletion(body)
            case .refused(let what, let error):
                guard dialect.learn(from: what, used: used) else { throw error }
                if used.format == .schema, dialect.current.format != .schema {
                    onNotice(
                        "\(client.configuration.host) does not support JSON schemas; answers are checked and asked for "
                            + "again, which is slower")
                }
            }
        }
    }
}
