import ParlantCore

/// Asks a chat model for JSON, and asks again when what comes does not fit.
struct ChatGenerator: SchematicGenerator {
    /// Bytes of the reply at most; answers are a few kilobytes.
    private static let maxReplyBytes = 4 << 20
    /// A cut answer gets twice the room, this often at most.
    private static let maxDoublings = 2

    let client: EndpointClient
    let dialects: ChatDialects

    func generate(_ request: GenerationRequest) async throws -> Generation {
        var account = CallAccount()
        do {
            return try await generate(request, &account)
        } catch let error as NLPError {
            throw account.settle(error)
        }
    }

    private func generate(_ request: GenerationRequest, _ account: inout CallAccount) async throws -> Generation {
        let deadline = client.deadline(within: request.timeLimit)
        let model = client.configuration.models.name(for: request.size)
        var chat = Chat(request)
        var doublings = 0
        var problem = ""
        for _ in 0...max(client.configuration.repairs, 0) {
            let completion = try await complete(chat, model, until: deadline, &account)
            account.usage += completion.usage
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
                guard let content = Chat.json(in: text) else {
                    problem = "the answer is not JSON"
                    chat.askAgain(because: problem, after: text, showsSchema: completion.ignored != nil)
                    continue
                }
                guard let misfit = JSONSchemaCheck.problem(of: content, in: request.schema) else {
                    return Generation(
                        content: content, usage: account.usage, model: model, attempts: account.attempts)
                }
                problem = misfit
                chat.askAgain(because: problem, after: text, showsSchema: completion.ignored != nil)
            }
        }
        throw NLPError(
            .malformed,
            "\(model) did not write what was asked for (\(request.schemaName): \(problem)); try a more capable model")
    }

    /// One answer, in the plainest dialect that is needed.
    private func complete(
        _ chat: Chat, _ model: String, until deadline: Duration, _ account: inout CallAccount
    ) async throws -> Completion {
        while true {
            let used = dialects.current(for: model)
            let question = EndpointQuestion(
                path: used.dialect.path, body: used.dialect.body(of: chat, model: model, streams: false), model: model,
                deadline: deadline, maxReplyBytes: Self.maxReplyBytes)
            switch try await client.ask(question, &account) {
            case .done(let reply):
                let completion = used.dialect.completion(in: reply)
                dialects.note(ignored: completion.ignored, model, used: used)
                return completion
            case .refused(let what, let error):
                guard dialects.learn(from: what, model, used: used) else { throw error }
            }
        }
    }
}
