import Logging
import ParlantCore

/// What the agent is told to say, by somebody outside the conversation.
public struct Guidance: Sendable, Equatable {
    /// Why it is to be said.
    public enum Rationale: String, Sendable, CaseIterable {
        case unspecified
        /// The answer takes a while.
        case buyTime = "buy_time"
        /// Nobody has said anything for a while.
        case followUp = "follow_up"
    }

    /// What to do, as a guideline says it.
    public var action: String
    public var rationale: Rationale

    public init(action: String, rationale: Rationale = .unspecified) {
        self.action = action
        self.rationale = rationale
    }

    private var description: String? {
        switch rationale {
        case .unspecified: nil
        case .buyTime: "only to buy time: the answer itself comes later, so neither give nor promise it now"
        case .followUp: "to follow up on the conversation so far"
        }
    }

    /// The guidelines that apply when the agent is told what to say; the ids are the reference's.
    static func matches(_ guidance: [Guidance]) -> [GuidelineMatch] {
        guidance.enumerated().map { index, item in
            let content = GuidelineContent(condition: nil, action: item.action, description: item.description)
            let guideline = Guideline(
                id: GuidelineID("<canrep-request-\(index + 1)>"), content: content, track: false, matcher: .always)
            return GuidelineMatch(guideline: guideline, rationale: "requested")
        }
    }
}

extension TurnRunner {
    /// Has the agent say something to the effect of the guidance: typing, the message, ready (`wire-api.md` 8).
    /// Of several messages, the first is returned.
    ///
    /// - Throws: ``EngineError`` `modelFailed`, `budgetExhausted`; ``StoreError`` `notFound` when the session is deleted meanwhile;
    ///   `CancellationError`. The log then shows how it ended.
    func utter(
        _ guidance: [Guidance], in session: Session, _ snapshot: AgentSnapshot, traceID: TraceID
    ) async throws -> Event {
        var logger = logger
        logger[metadataKey: "session"] = "\(session.id)"
        logger[metadataKey: "trace"] = "\(traceID)"
        let emitter = TurnEmitter(
            log: log, customers: customers, variables: variables, keyValues: keyValues, memories: memories,
            documents: documents,
            session: session, snapshot: snapshot, traceID: traceID, recorder: recorder(of: session.id, traceID, logger))
        do {
            let first = try await emitter.status(.typing)
            emitter.recorder.note { ($0.agent, $0.cause) = (snapshot.agent.id, .guidance) }
            var context = try await context(of: session, snapshot, emitter, until: first.offset)
            context.capabilities = try await strategies.capabilities.capabilities(in: context)
            context.memories = try await recall(in: context, logger)
            emitter.recorder.note { [context] in $0.knowledge.note(context) }
            emitter.recorder.enter(.composing)
            let matches = Guidance.matches(guidance)
            emitter.recorder.note { ($0.considered, $0.matches) = (matches.map(\.guideline), matches) }
            let output = TurnOutput(
                emitter, delays: strategies.delays(of: snapshot.agent, in: traceID), clock: clock)
            try await strategies.composer.compose(Composition(matches: matches), in: context, to: output)
            if output.messages.isEmpty { try await output.say(Reply(text: settings.phrases.noMatch)) }
            emitter.recorder.enter(.finishing)
            try await emitter.finish([
                EventData.status(.ready), EventData.status(.ready, Self.completed(matches, [])),
            ])
            guard let event = output.messages.first else { throw CancellationError() }
            return event
        } catch let error as StoreError where error.code == .notFound {
            emitter.close()
            throw error
        } catch {
            await fail(error, emitter, emitter.recorder, logger)
            if let stop = error as? BudgetExhausted { throw EngineError.budgetExhausted(stop) }
            throw (error as? NLPError).map(EngineError.modelFailed) ?? error
        }
    }
}
