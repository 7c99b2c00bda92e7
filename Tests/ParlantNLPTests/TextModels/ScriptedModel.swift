import ParlantCore
import Synchronization

/// A model that answers from a list, and knows what it was asked.
final class ScriptedModel: TextModel {
    enum Step: Sendable {
        case text(String)
        case failure(TextModelError)
        /// Waits until its task is cancelled.
        case silence
    }

    let name = "plugin test"
    let maxTokens: Int
    let dimensions = 2
    let canStream: Bool
    let canModerate = false
    private let state: Mutex<(steps: [Step], requests: [TextRequest], batches: [[String]], cancelled: Int)>

    init(_ steps: [Step], maxTokens: Int = 4096, canStream: Bool = false) {
        self.maxTokens = maxTokens
        self.canStream = canStream
        state = Mutex((steps, [], [], 0))
    }

    var requests: [TextRequest] { state.withLock { $0.requests } }
    var batches: [[String]] { state.withLock { $0.batches } }
    var cancelledCalls: Int { state.withLock { $0.cancelled } }

    func generate(_ request: TextRequest) async throws -> TextCompletion {
        let step = state.withLock { state -> Step in
            state.requests.append(request)
            return state.steps.isEmpty ? .text("") : state.steps.removeFirst()
        }
        switch step {
        case .text(let text): return TextCompletion(text: text, usage: TokenUsage(input: 5, output: 2))
        case .failure(let error): throw error
        case .silence:
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                state.withLock { $0.cancelled += 1 }
                throw error
            }
            return TextCompletion(text: "")
        }
    }

    /// Each step is one word; a failure ends the stream.
    func stream(
        _ request: TextRequest, _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> TokenUsage {
        let step = state.withLock { state -> Step in
            state.requests.append(request)
            return state.steps.isEmpty ? .text("") : state.steps.removeFirst()
        }
        switch step {
        case .text(let text):
            for word in text.split(separator: " ") {
                if word == "BROKEN" { throw TextModelError("the line broke") }
                try await receive(String(word))
            }
        case .failure(let error): throw error
        case .silence: try await Task.sleep(for: .seconds(3600))
        }
        return TokenUsage(input: 5, output: 2)
    }

    func embed(_ texts: [String]) async throws -> [[Float]] {
        state.withLock { $0.batches.append(texts) }
        return texts.map { $0 == "odd" ? [1] : [Float($0.utf8.count), 1] }
    }

    func moderate(_ text: String) async throws -> Moderation { .unflagged }
    func countTokens(_ text: String) async throws -> Int { text.utf8.count / 4 }
}
