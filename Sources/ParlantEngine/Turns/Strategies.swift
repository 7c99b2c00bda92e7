import Logging
import ParlantCore

/// How a turn matches, calls and composes, chosen by what the provider offers: a model, or words and canned responses.
struct Strategies {
    let matcher: GuidelineMatcher
    let caller: ToolCaller
    let composer: any MessageComposer

    init(nlp: any NLPService, settings: EngineSettings, logger: Logger) {
        if let generator = nlp.generator {
            let messages = settings.promptMessages
            matcher = GuidelineMatcher(
                conditions: ModelConditionMatcher(generator: generator, promptMessages: messages), logger: logger)
            caller = ToolCaller(
                inference: ModelArgumentInference(generator: generator, promptMessages: messages), logger: logger)
            composer = ModelComposer(generator: generator, settings: settings)
        } else {
            matcher = GuidelineMatcher(
                conditions: OfflineConditionMatcher(embedder: nlp.embedder), logger: logger)
            caller = ToolCaller(inference: OfflineArgumentInference(), logger: logger)
            composer = OfflineComposer(phrases: settings.phrases)
        }
    }
}
