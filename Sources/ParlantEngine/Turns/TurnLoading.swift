import Logging
import ParlantCore

/// What a turn begins with.
extension TurnRunner {
    /// Acknowledges the request and loads what the turn works on; nil when nobody answers in this session.
    func load(
        _ request: TurnRequest, _ journal: TurnJournal, _ remains: TurnRemains, _ recorder: TurnRecorder,
        emitter: inout TurnEmitter?, _ logger: Logger
    ) async throws -> TurnContext? {
        let session = try await log.store.read(request.session)
        // A turn that has handed over goes on to its end.
        guard session.mode == .auto || remains.handsOver else {
            request.onRefused?(.manual)
            return nil
        }
        guard let snapshot = agents.snapshot(of: session.agentID) else {
            logger.warning("nobody answers: the agent is not defined", metadata: ["agent": "\(session.agentID)"])
            request.onRefused?(.unknownAgent(session.agentID))
            return nil
        }
        let speaker = TurnEmitter(
            log: log, customers: customers, variables: variables, keyValues: keyValues, memories: memories,
            documents: documents,
            session: session, snapshot: snapshot, traceID: request.traceID, recorder: recorder, journal: journal)
        emitter = speaker
        let trace = remains.hasBegun ? request.traceID : nil
        if snapshot.handlers.hasHooks(.acknowledging) {
            let early = try await self.context(
                of: session, snapshot, speaker, until: request.causeOffset, answering: request.causeOffset,
                resuming: trace)
            guard try await TurnHooks(early).allow(.acknowledging) else { throw TurnDropped(step: .acknowledging) }
        }
        recorder.note { $0.agent = snapshot.agent.id }
        let first = try await speaker.status(.acknowledged)
        var context = try await context(
            of: session, snapshot, speaker, until: request.causeOffset ?? first.offset, answering: request.causeOffset,
            resuming: trace)
        context.remains = remains
        context.toolCalls = remains.runs.map(\.eventJSON)
        try await refreshVariables(&context)
        context.capabilities = try await strategies.capabilities.capabilities(in: context)
        context.memories = try await recall(in: context, logger)
        recorder.note { [context] report in
            report.answered = context.interaction.unansweredCustomerMessages.count
            report.knowledge.note(context)
        }
        return context
    }

    /// Loads what a turn works on: the newest events up to an offset, and those that came since.
    ///
    /// - Parameters:
    ///   - offset: Nil: up to the end.
    ///   - trace: Of a turn that goes on; what it wrote before is no part of what it answers.
    func context(
        of session: Session, _ snapshot: AgentSnapshot, _ emitter: TurnEmitter, until offset: Int?,
        answering cause: Int? = nil, resuming trace: TraceID? = nil
    ) async throws -> TurnContext {
        let customer = try await customer(session.customerID)
        emitter.recorder.models.budget?.bill(customer.id)
        let history =
            if let offset {
                EventQuery(minOffset: max(0, offset - settings.historyEvents))
            } else {
                EventQuery(limit: settings.historyEvents, takesLast: true)
            }
        let events = try await log.store.events(of: session.id, matching: history)
        let (interaction, question, untold) = Interaction.read(events, answering: cause, resuming: trace)
        let entries = try await variables.entries(
            for: customer, of: snapshot, in: variableScopes(of: session, snapshot))
        let spoken = interaction.messages.suffix(WordIndex.horizon).map(\.text)
        return TurnContext(
            snapshot: snapshot, customer: customer, customerTags: try await names(of: customer), session: session,
            interaction: interaction, variables: VariableRefresh.values(entries), variableEntries: entries,
            terms: strategies.terms.terms(for: spoken, of: snapshot), pendingQuestion: question,
            untoldCalls: untold,
            traceID: emitter.traceID, effects: emitter,
            models: emitter.recorder.models, recorder: emitter.recorder, clock: clock,
            localTime: localTime(of: session, customer))
    }

    /// The time by the customer's zone, or by UTC when nobody has said which it is.
    private func localTime(of session: Session, _ customer: Customer) -> LocalTime {
        let zone = LocalTime.zone(of: session.metadata, or: customer.metadata)
        for name in zone.unknown {
            logger.warning(
                "metadata name a time zone that does not exist; write one such as Europe/Paris",
                metadata: ["session": "\(session.id)", "timezone": "\(name)"])
        }
        return zone.name.map { LocalTime(clock.now, in: $0) } ?? LocalTime(clock.now)
    }

    /// Somebody whom no store knows is served under their id, as the reference signs their messages.
    private func customer(_ id: CustomerID) async throws -> Customer {
        try await customers.find(id) ?? Customer(id: id, createdAt: clock.now, name: id.rawValue)
    }

    private func names(of customer: Customer) async throws -> [Tag] {
        var tags: [Tag] = []
        for id in customer.tags {
            do {
                tags.append(try await self.tags.read(id))
            } catch let error as StoreError where error.code == .notFound {
                continue
            }
        }
        return tags
    }
}
