import ParlantCore

/// The variables of a turn: the agent's, and those of journeys from when they count.
extension TurnRunner {
    /// Whose variables count when a turn begins: the agent's, and those of all journeys that the session is in, nested
    /// ones included.
    func variableScopes(of session: Session, _ snapshot: AgentSnapshot) -> Set<Scope> {
        guard snapshot.variables.contains(where: { $0.scope != .agent }) else { return [.agent] }
        let journeys = JourneyNavigator(snapshot.journeys, places: session.agentState.journeys)
        return Set(journeys.active.map(Scope.journey)).union([.agent])
    }

    /// Fetches what is old of the variables that the turn has.
    ///
    /// - Throws: `CancellationError` only.
    func refreshVariables(_ context: inout TurnContext) async throws {
        let refresh = VariableRefresh(variables: variables, logger: logger)
        context.variables.merge(try await refresh.refreshed(context.variableEntries, in: context)) { $1 }
    }

    /// Adds the variables of journeys that have begun since, fetched where they are old. O(variables of the agent) when
    /// there is nothing to add.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    func addVariables(of journeys: some Sequence<JourneyID>, to context: inout TurnContext) async throws {
        let known = Set(context.variableEntries.map(\.variable.id))
        let open = context.snapshot.variables.filter { $0.scope != .agent && !known.contains($0.id) }
        let scopes = Set(journeys.map(Scope.journey)).intersection(open.map(\.scope))
        guard !scopes.isEmpty else { return }
        let entries = try await variables.entries(for: context.customer, of: context.snapshot, in: scopes)
        context.variableEntries += entries
        context.variables.merge(VariableRefresh.values(entries)) { known, _ in known }
        let refresh = VariableRefresh(variables: variables, logger: logger)
        context.variables.merge(try await refresh.refreshed(entries, in: context)) { $1 }
    }
}
