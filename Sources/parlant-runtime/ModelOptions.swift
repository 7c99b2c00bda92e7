import ArgumentParser
import Foundation
import ParlantCore
import ParlantServer

/// Which language model answers; the same words for every command.
struct ModelOptions: ParsableArguments {
    @Option(help: "Language model: offline, openai, or plugin:NAME for the 'nlp' of a plugin, with serve.")
    var nlp = Provider.offline

    @Option(help: "Name of the model; required with --nlp openai.")
    var model: String?

    @Option(help: "Name of the model for embeddings at OPENAI_BASE_URL; offline then matches conditions by meaning.")
    var embeddingModel: String?

    func validate() throws {
        if nlp == .openai, model == nil {
            throw ValidationError("--nlp openai needs --model NAME, such as --model gpt-4o-mini.")
        }
        if nlp != .openai, model != nil {
            throw ValidationError("--model has no effect with --nlp \(nlp.name); add --nlp openai.")
        }
        if case .plugin = nlp, embeddingModel != nil {
            throw ValidationError(
                "--embedding-model has no effect with --nlp \(nlp.name); its plugin makes the vectors.")
        }
    }

    /// What the options name.
    var choice: ServerConfiguration.LanguageModel {
        if case .plugin(let name) = nlp { return .plugin(name) }
        return model.map { .openAI(model: $0) } ?? .offline
    }

    /// Runs `body` with the provider, whose connections are closed afterwards.
    func withService<Value: Sendable>(_ body: (any NLPService) async throws -> Value) async throws -> Value {
        try await LanguageModels.withService(
            choice, embeddingModel: embeddingModel, environment: ProcessInfo.processInfo.environment, body)
    }
}
