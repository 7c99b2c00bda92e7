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

    /// Values by the variables' names; a variable without any value is left out.
    ///
    /// - Complexity: One list of variables, and up to 2 + tags look-ups for each of the agent's.
    public func values(for customer: Customer, of agent: Agent) async throws -> JSONObject {
        var found: JSONObject = [:]
        for variable in try await variables(of: agent) {
            let tags = customer.tags.map { VariableValue.key($0) }
            let keys = [VariableValue.key(customer.id)] + tags + [VariableValue.defaultKey]
            for key in keys {
                guard let value = try await values.find(VariableValue.id(variable.id, key)) else { continue }
                found[variable.name] = value.entity.data
                break
            }
        }
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

    /// Variables of the agent, of one of its tags, or of all agents.
    private func variables(of agent: Agent) async throws -> [ContextVariable] {
        let owners = agent.tags.union([ScriptEntities.owner(agent.id)])
        return try await variables.list().map(\.entity).filter { $0.tags.isEmpty || !$0.tags.isDisjoint(with: owners) }
    }
}
