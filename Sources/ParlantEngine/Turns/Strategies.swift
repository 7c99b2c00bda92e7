import Logging
import ParlantCore

/// How a turn matches, calls and composes, chosen by what the provider offers: a model, or words and canned responses.
struct Strategies: Sendable {
    let matcher: GuidelineMatcher
    /// The same whatever the provider: code decides.
    let resolver = RelationalResolver()
    let caller: ToolCaller
    let composer: any MessageComposer
    /// Whether the composer finds words of its own.
    let canWrite: Bool
    /// Whether agents keep their pace. Tests of agents wait for nothing.
    private let keepsPace: Bool
    let terms = TermSelection()
    let capabilities: CapabilitySelection

    /// Decides instead of the provider, for tests of agents.
    let director: (any TurnDirector)?

    /// - Parameter director: Decides instead of the provider, for tests of agents.
    init(nlp: any NLPService, settings: EngineSettings, logger: Logger, director: (any TurnDirector)? = nil) {
        self.director = director
        capabilities = CapabilitySelection(logger: logger)
        if let director {
            canWrite = false
            keepsPace = false
            let words = OfflineConditionMatcher(usesVectors: false)
            matcher = GuidelineMatcher(
                conditions: ScriptedConditionMatcher(director: director, words: words), logger: logger)
            caller = ToolCaller(inference: ScriptedArgumentInference(director: director), logger: logger)
            composer = ScriptedComposer(
                director: director, canned: OfflineComposer(phrases: settings.phrases, logger: logger))
            return
        }
        canWrite = nlp.generator != nil
        keepsPace = true
        if canWrite {
            let messages = settings.promptMessages
            matcher = GuidelineMatcher(
                conditions: ModelConditionMatcher(
                    policy: settings.matching, promptMessages: messages, logger: logger),
                logger: logger)
            caller = ToolCaller(
                inference: ModelArgumentInference(promptMessages: messages), logger: logger)
            composer = ModelComposer(settings: settings, logger: logger)
        } else {
            matcher = GuidelineMatcher(
                conditions: OfflineConditionMatcher(usesVectors: nlp.embedder != nil), logger: logger)
            caller = ToolCaller(inference: OfflineArgumentInference(), logger: logger)
            composer = OfflineComposer(phrases: settings.phrases, logger: logger)
        }
    }

    /// How an agent fills the time until its reply.
    func pacing(of agent: Agent) -> Pacing { keepsPace ? agent.pacing : .none }

    /// How long it waits for what, in this turn.
    func delays(of agent: Agent, in trace: TraceID) -> PacingDelays {
        PacingDelays(pacing(of: agent), for: trace)
    }
}
