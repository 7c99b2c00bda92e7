/// Values of variables as one customer's conversations see them.
///
/// A value for the customer goes before one for a tag of theirs, in the order of the tags, and that before the default.
/// At each of these places what the store has goes before what the script gives. Which variables there are, and what the
/// script gives, is in the agent's snapshot: neither other variables nor other customers' values cost a turn anything.
public struct CustomerVariables: Sendable {
    private let values: any EntityStore<VariableValue>
    private let loadedAt: Timestamp
    private let clock: any TimeSource
    private let ids: any IDGenerator

    /// Reads and writes this store; nothing is read yet.
    ///
    /// - Parameters:
    ///   - values: What was set over REST and by functions, without what scripts give.
    ///   - loadedAt: When scripts gave their values: what freshness rules count from.
    public init(
        values: any EntityStore<VariableValue>, loadedAt: Timestamp, clock: any TimeSource, ids: any IDGenerator
    ) {
        self.values = values
        self.loadedAt = loadedAt
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

        /// A variable with its value.
        public init(variable: ContextVariable, value: VariableValue?, isOwn: Bool) {
            self.variable = variable
            self.value = value
            self.isOwn = isOwn
        }
    }

    /// The variables of some scopes in the order of definition, each with the value that counts for the customer.
    ///
    /// - Parameter scopes: Whose variables are meant: the agent's, and those of journeys.
    /// - Complexity: Up to 2 + tags look-ups for each of them.
    public func entries(
        for customer: Customer, of snapshot: AgentSnapshot, in scopes: Set<Scope> = [.agent]
    ) async throws -> [Entry] {
        let own = VariableValue.key(customer.id)
        let keys = [own] + customer.tags.map { VariableValue.key($0) } + [VariableValue.defaultKey]
        var entries: [Entry] = []
        for variable in snapshot.variables where scopes.contains(variable.scope) {
            var found: VariableValue?
            for key in keys where found == nil { found = try await value(of: variable.id, key, in: snapshot) }
            entries.append(Entry(variable: variable, value: found, isOwn: found?.key == own))
        }
        return entries
    }

    /// Gives a variable of the agent, or of one of its journeys, a value for this customer.
    ///
    /// - Throws: ``StoreError`` `notFound` when the agent has no variable of this name; `protected` for the guest, who
    ///   is everybody that nobody knows.
    public func set(
        _ name: String, to data: JSONValue, for customer: CustomerID, of snapshot: AgentSnapshot
    ) async throws {
        guard customer != Customer.guestID else {
            throw StoreError(
                .protected, entity: "value", id: name,
                message: "the guest is everybody that nobody knows, and has no values of their own")
        }
        let named = snapshot.variables.filter { $0.name == name }
        guard let variable = named.first(where: { $0.scope == .agent }) ?? named.first else {
            throw StoreError.notFound(ContextVariable.entityName, name)
        }
        try await keep(data, of: variable.id, for: customer)
    }

    /// Keeps a customer's own value of a variable; it is new from now on.
    ///
    /// - Throws: what the store throws.
    public func keep(_ data: JSONValue, of variable: VariableID, for customer: CustomerID) async throws {
        try await values.save(
            VariableValue(
                variable: variable, key: VariableValue.key(customer), revision: ids.entityID(), modifiedAt: clock.now,
                data: data))
    }

    private func value(
        of variable: VariableID, _ key: String, in snapshot: AgentSnapshot
    ) async throws -> VariableValue? {
        let id = VariableValue.id(variable, key)
        if let kept = try await values.find(id)?.entity { return kept }
        guard var given = snapshot.valuesByID[id] else { return nil }
        given.modifiedAt = loadedAt
        return given
    }
}
