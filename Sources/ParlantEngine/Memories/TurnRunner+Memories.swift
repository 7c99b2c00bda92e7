import Logging
import ParlantCore

extension TurnRunner {
    /// What is remembered of the customer and has to do with what was said; nothing where nobody wants it, and where no
    /// model would read it. A store that fails costs the turn its memories, not its answer; the log says so.
    ///
    /// - Throws: `CancellationError` only.
    func recall(in context: TurnContext, _ logger: Logger) async throws -> [RankedMemory] {
        guard let memories, strategies.canWrite, MemoryUse(of: context.agent, in: context.session).recall else {
            return []
        }
        let said = context.interaction.messages.filter { $0.role == .customer }.suffix(WordIndex.horizon).map(\.text)
        do {
            let ranked = try await memories.ranked(
                for: said, of: context.session.customerID, with: context.agent.id, context.models)
            return MemoryRanking.chosen(ranked, tokens: memories.policy.tokens)
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.warning("a turn goes on without memories", metadata: ["error": "\(error)"])
            return []
        }
    }
}
