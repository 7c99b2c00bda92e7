import Synchronization

/// All agents: those of scripts, and those that were created over REST.
///
/// Reading is synchronous, as turns need it: the registry holds a copy of the stored agents. Writing goes through
/// here and nowhere else, one write after the other, so that the copy never falls behind the store for longer than a
/// write takes. An agent of a script hides a stored one with the same id.
public final class AgentRegistry: AgentCatalog {
    private let scripts: any AgentCatalog
    private let store: any EntityStore<Agent>
    private let stored = Mutex<[Stored<Agent>]>([])
    private let lastWrite = Mutex<Task<Void, Never>?>(nil)

    /// A registry that does not know the stored agents yet; see ``load()``.
    public init(scripts: any AgentCatalog, store: any EntityStore<Agent>) {
        self.scripts = scripts
        self.store = store
    }

    /// Reads the agents that the store has, from earlier or from others. Call it before the registry is used.
    public func load() async throws { try await write { _ in } }

    public func agents() -> [Agent] {
        let defined = scripts.agents()
        let ids = Set(defined.map(\.id))
        return defined + stored.withLock { $0.map(\.entity) }.filter { !ids.contains($0.id) }
    }

    public func snapshot(of id: AgentID) -> AgentSnapshot? {
        if let snapshot = scripts.snapshot(of: id) { return snapshot }
        guard let agent = stored.withLock({ $0.first { $0.entity.id == id }?.entity }) else { return nil }
        return AgentSnapshot(agent: agent, handlers: ScriptlessHandlers())
    }

    /// Creates an agent without a script.
    ///
    /// - Throws: ``StoreError`` `alreadyExists` when a script's or another agent has the id.
    public func create(_ agent: Agent) async throws -> Agent {
        if scripts.snapshot(of: agent.id) != nil { throw StoreError.alreadyExists(Agent.entityName, agent.id) }
        return try await write { try await $0.create(agent).entity }
    }

    /// Changes an agent that was created over REST.
    ///
    /// - Throws: ``StoreError`` `notFound`; `protected`, naming file and line, for an agent of a script.
    public func update(_ id: AgentID, _ change: @escaping @Sendable (inout Agent) throws -> Void) async throws -> Agent
    {
        try refuseScript(id)
        return try await write { try await $0.update(id, change).entity }
    }

    /// Deletes an agent that was created over REST; its sessions stay.
    ///
    /// - Throws: ``StoreError`` `notFound`; `protected`, naming file and line, for an agent of a script.
    public func delete(_ id: AgentID) async throws {
        try refuseScript(id)
        try await write { try await $0.delete(id) }
    }

    /// Snapshots of the agents that scripts define, in their order.
    func scriptSnapshots() -> [AgentSnapshot] { scripts.agents().compactMap { scripts.snapshot(of: $0.id) } }

    private func refuseScript(_ id: AgentID) throws {
        guard let agent = scripts.snapshot(of: id)?.agent else { return }
        throw StoreError.definedInScript(Agent.entityName, id, at: agent.location)
    }

    /// Runs a write after all earlier ones, and reads the agents anew.
    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (any EntityStore<Agent>) async throws -> Value
    ) async throws -> Value {
        let task = lastWrite.withLock { last in
            let earlier = last
            let task = Task { [self] in
                await earlier?.value
                let value = try await body(store)
                let agents = try await store.list()
                stored.withLock { $0 = agents }
                return value
            }
            last = Task { _ = try? await task.value }
            return task
        }
        return try await task.value
    }
}
