import ArgumentParser
import ParlantServer

/// Which language model answers; the same words for every command.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Language model: offline, a service such as openai, anthropic or ollama, or plugin:NAME for a plugin's.",
            discussion: "Services: \(LanguageModels.endpointNames.joined(separator: ", ")).", valueName: "name"))
    var nlp = Provider.offline

    @Option(help: "Name of the model. (default: the service's, where it has one)")
    var model: String?

    @Option(help: "Name of the model for small questions, such as which conditions hold. (default: that of --model)")
    var smallModel: String?

    @Option(help: "Name of the model for embeddings; offline then matches conditions by meaning.")
    var embeddingModel: String?

    @Option(
        name: .customLong("embedding-nlp"),
        help: "Service of the model for embeddings. (default: that of --nlp, and openai with offline)")
    var embeddingNLP: String?

    @Option(help: "Seconds that an answer of the model may take, retries included. (default: 120)")
    var modelTimeLimit: Double?

    func validate() throws {
        for (option, value) in [("--model", model), ("--small-model", smallModel)] where value != nil && !nlp.isEndpoint
        {
            throw ValidationError("\(option) has no effect with --nlp \(nlp.name); add --nlp openai.")
        }
        if case .plugin = nlp, embeddingModel != nil, embeddingNLP == nil {
            throw ValidationError(
                "--embedding-model has no effect with --nlp \(nlp.name), whose plugin makes the vectors; name a service "
                    + "with --embedding-nlp.")
        }
        if let embeddingNLP {
            guard LanguageModels.endpointNames.contains(embeddingNLP) else {
                throw ValidationError(
                    "--embedding-nlp must be one of \(LanguageModels.endpointNames.joined(separator: ", ")).")
            }
            if embeddingModel == nil { throw ValidationError("--embedding-nlp needs --embedding-model NAME.") }
        }
        if let modelTimeLimit, !(0.1...3600).contains(modelTimeLimit) {
            throw ValidationError("--model-time-limit must be 0.1 to 3600 seconds, not \(modelTimeLimit).")
        }
    }

    /// What the options name.
    var choice: ModelChoice {
        ModelChoice(
            nlp.choice, model: model, smallModel: smallModel, embeddingModel: embeddingModel,
            embeddingEndpoint: embeddingNLP, timeLimit: modelTimeLimit.map { .seconds($0) })
    }
}
