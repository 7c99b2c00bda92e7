import Logging
import ParlantCore

/// Looks for passages of documents beside the preparation of a turn: those of its customer, and of its agent.
///
/// Who starts it must ``finish()`` or ``cancel()`` it.
final class DocumentTask: Sendable {
    private let task: Task<[FoundPassage], Never>

    /// Starts the search; nil when there is nothing to look for. The guest has no documents: it is everybody that nobody
    /// knows.
    init?(_ context: TurnContext, _ documents: DocumentSearch, _ logger: Logger) {
        let question = context.interaction.documentQuestion
        guard !question.isEmpty else { return nil }
        let agent = KnowledgeOwner.agent(context.agent.id)
        let owners = context.customer.isGuest ? [agent] : [.customer(context.customer.id), agent]
        let rules = documents.rules
        task = Task {
            do {
                let found = try await documents.search(question, of: owners, limit: rules.passages, context.models)
                return Self.fitting(found, rules.promptTokens * 4)
            } catch {
                if !(error is CancellationError) {
                    logger.error(
                        "documents could not be searched; the reply goes without them", metadata: ["error": "\(error)"])
                }
                return []
            }
        }
    }

    /// Ends the search; nothing is found.
    func cancel() { task.cancel() }

    /// What was found, best first.
    ///
    /// - Throws: `CancellationError` when the turn was cancelled.
    func finish() async throws -> [FoundPassage] {
        let found = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        try Task.checkCancellation()
        return found
    }

    /// The best ones that fit together.
    private static func fitting(_ found: [FoundPassage], _ bytes: Int) -> [FoundPassage] {
        var left = bytes
        return found.filter { passage in
            guard passage.text.utf8.count <= left else { return false }
            left -= passage.text.utf8.count
            return true
        }
    }
}
