/// Values of variables as one customer's conversations see them.
///
/// A value for the customer goes before one for a tag of theirs, in the order of the tags, and that before the default.
public struct CustomerVariables: Sendable {
    private let variables: any EntityStore<ContextVariable>
    private let values: any EntityStore<VariableValue>
    private let clock: any TimeSource
    private let ids: any IDGenerator

    /// Reads and writes these stores; nothing is read yet.
    public init(
        variables: any EntityStore<ContextVariable>, values: any EntityStore<VariableValue>, clock: any TimeSource,
        ids: any IDGenerator
    ) {
        self.variables = variables
        self.values = values
        self.clock = clock
        self.ids = ids
    }

    /// A variable as one customer's conversations see it.
    public struct Entry: Sendable, Equatable {
        public var variable: ContextVariable
        /// The value that counts; nil when there is none.
        public var value: VariableValue?
        /// Whether it is the customer's own, and not a tag's or the default.
        public var isOwn: Bool

        public init(variable: ContextVariable, value: VariableValue?, isOwn: Bool) {
            self.variable = variable
            self.value = value
            self.isOwn = isOwn
        }
    }

    /// The agent's variables in the order of definition, each with the value that counts for the customer.
    ///
    /// - Parameter journeys: Journeys that are active; their variables count, too.
    /// - Complexity: One list of variables, and up to 2 + tags look-ups for each of the agent's.
    public func entries(
        for customer: Customer, of agent: Agent, in journeys: some Sequence<JourneyID> = []
    ) async throws -> [Entry] {
        let own = VariableValue.key(customer.id)
        let keys = [own] + customer.tags.map { VariableValue.key($0) } + [VariableValue.defaultKey]
        var entries: [Entry] = []
        for variable in try await variables(of: agent, journeys.map(Journey.owner)) {
            var found: VariableValue?
            for key in keys where found == nil {
                found = try await values.find(VariableValue.id(variable.id, key))?.entity
            }
            entries.append(Entry(variable: variable, value: found, isOwn: found?.key == own))
        }
        return entries
    }

    /// Values by the variables' names; a variable without any value is left out.
    ///
    /// - Complexity: As ``entries(for:of:)``.
    public func values(for customer: Customer, of agent: Agent) async throws -> JSONObject {
        var found: JSONObject = [:]
        for entry in try await entries(for: customer, of: agent) { found[entry.variable.name] = entry.value?.data }
        return found
    }

    /// Gives a variable of the agent a value for this customer.
    ///
    /// - Throws: ``StoreError`` `notFound` when the agent has no variable of this name; `protected` for the guest, who
    ///   is everybody that nobody knows.
    public func set(_ name: String, to data: JSONValue, for customer: CustomerID, of agent: Agent) async throws {
        guard customer != Customer.guestID else {
            throw StoreError(
                .protected, entity: "value", id: name,
                message: "the guest is everybody that nobody knows, and has no values of their own")
        }
        guard let variable = try await variables(of: agent).first(where: { $0.name == name }) else {
            throw StoreError.notFound(ContextVariable.entityName, name)
        }
        try await values.save(
            VariableValue(
                variable: variable.id, key: VariableValue.key(customer), revision: ids.entityID(),
                modifiedAt: clock.now,
                data: data))
    }

    /// Variables of the agent, of one of its tags, of all agents, or with one of these tags.
    private func variables(of agent: Agent, _ more: [TagID] = []) async throws -> [ContextVariable] {
        let owners = agent.tags.union([ScriptEntities.owner(agent.id)] + more)
        return try await variables.list().map(\.entity).filter { $0.tags.isEmpty || !$0.tags.isDisjoint(with: owners) }
    }
}
