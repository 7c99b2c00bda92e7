import ParlantCore
import Synchronization

/// Stores of two nodes on one database: each call goes to the node that did not get the one before.
///
/// What one node has seen of the database, and what it remembers of it, must never matter.
final class Alternation: Sendable {
    private let calls = Atomic<Int>(0)

    func pick<Store>(_ first: Store, _ second: Store) -> Store {
        calls.add(1, ordering: .relaxed).newValue % 2 == 0 ? first : second
    }
}

extension Stores {
    /// All kinds of stores of two nodes.
    static func alternating(_ first: Stores, _ second: Stores) -> Stores {
        let turn = Alternation()
        func entities<Entity: StoredEntity>(_ kind: (EntityStores) -> any EntityStore<Entity>) -> any EntityStore<
            Entity
        > {
            let (mine, other) = (kind(first.entities), kind(second.entities))
            return AlternatingEntities { turn.pick(mine, other) }
        }
        return Stores(
            customers: AlternatingCustomers { turn.pick(first.customers, second.customers) },
            tags: AlternatingTags { turn.pick(first.tags, second.tags) },
            sessions: AlternatingSessions { turn.pick(first.sessions, second.sessions) },
            keyValues: AlternatingEntries { turn.pick(first.keyValues, second.keyValues) },
            explanations: AlternatingExplanations { turn.pick(first.explanations, second.explanations) },
            entities: EntityStores(
                agents: entities { $0.agents }, guidelines: entities { $0.guidelines },
                cannedResponses: entities { $0.cannedResponses }, terms: entities { $0.terms },
                variables: entities { $0.variables }, values: entities { $0.values },
                capabilities: entities { $0.capabilities },
                journeys: entities { $0.journeys }, relationships: entities { $0.relationships },
                services: entities { $0.services }, evaluations: entities { $0.evaluations },
                documents: entities { $0.documents }, memories: entities { $0.memories }))
    }
}

private struct AlternatingCustomers: CustomerStore {
    let next: @Sendable () -> any CustomerStore

    func create(_ draft: CustomerDraft) async throws -> Customer { try await next().create(draft) }
    func read(_ id: CustomerID) async throws -> Customer { try await next().read(id) }
    func list(_ query: CustomerQuery) async throws -> Page<Customer> { try await next().list(query) }
    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer {
        try await next().update(id, change)
    }
    func delete(_ id: CustomerID) async throws { try await next().delete(id) }
}

private struct AlternatingTags: TagStore {
    let next: @Sendable () -> any TagStore

    func create(name: String) async throws -> Tag { try await next().create(name: name) }
    func ensure(name: String) async throws -> Tag { try await next().ensure(name: name) }
    func read(_ id: TagID) async throws -> Tag { try await next().read(id) }
    func list(name: String?) async throws -> [Tag] { try await next().list(name: name) }
    func update(_ id: TagID, name: String) async throws -> Tag { try await next().update(id, name: name) }
    func delete(_ id: TagID) async throws { try await next().delete(id) }
}

private struct AlternatingSessions: SessionStore {
    let next: @Sendable () -> any SessionStore

    func create(_ draft: SessionDraft) async throws -> Session { try await next().create(draft) }
    func read(_ id: SessionID) async throws -> Session { try await next().read(id) }
    func list(_ query: SessionQuery) async throws -> Page<Session> { try await next().list(query) }
    func update(_ id: SessionID, _ change: SessionChange) async throws -> Session {
        try await next().update(id, change)
    }
    func delete(_ id: SessionID) async throws { try await next().delete(id) }
    func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event {
        try await next().append(draft, to: id, mark)
    }
    func events(of id: SessionID, matching query: EventQuery) async throws -> [Event] {
        try await next().events(of: id, matching: query)
    }
    func event(_ event: EventID, of id: SessionID) async throws -> Event { try await next().event(event, of: id) }
    func update(_ event: EventID, of id: SessionID, _ change: EventChange) async throws -> Event {
        try await next().update(event, of: id, change)
    }
    func deleteEvents(of id: SessionID, from minOffset: Int) async throws {
        try await next().deleteEvents(of: id, from: minOffset)
    }
    func open(_ turn: OpenTurn) async throws { try await next().open(turn) }
    func update(_ turn: OpenTurn, under lease: TurnLease?) async throws {
        try await next().update(turn, under: lease)
    }
    func close(_ traceID: TraceID, of id: SessionID) async throws { try await next().close(traceID, of: id) }
    func openTurns(of id: SessionID?) async throws -> [OpenTurn] { try await next().openTurns(of: id) }
}

private struct AlternatingEntries: KeyValueStore {
    let next: @Sendable () -> any KeyValueStore

    func read(_ key: String, in scope: KeyValueScope) async throws -> JSONValue? {
        try await next().read(key, in: scope)
    }
    func set(_ key: String, to value: JSONValue, in scope: KeyValueScope, lifetime: Duration?) async throws {
        try await next().set(key, to: value, in: scope, lifetime: lifetime)
    }
    func add(_ key: String, _ value: JSONValue, in scope: KeyValueScope, lifetime: Duration?) async throws -> Bool {
        try await next().add(key, value, in: scope, lifetime: lifetime)
    }
    func increment(_ key: String, by amount: Int64, in scope: KeyValueScope) async throws -> Int64 {
        try await next().increment(key, by: amount, in: scope)
    }
    func delete(_ key: String, in scope: KeyValueScope) async throws { try await next().delete(key, in: scope) }
    func entries(in scope: KeyValueScope) async throws -> [KeyValueEntry] { try await next().entries(in: scope) }
    func deleteAll(in scope: KeyValueScope) async throws { try await next().deleteAll(in: scope) }
}

private struct AlternatingExplanations: ExplanationStore {
    let next: @Sendable () -> any ExplanationStore

    func save(_ explanation: Explanation) async throws { try await next().save(explanation) }
    func find(_ traceID: TraceID, of session: SessionID) async throws -> Explanation? {
        try await next().find(traceID, of: session)
    }
    func traces(of session: SessionID) async throws -> [TraceID] { try await next().traces(of: session) }
    func deleteAll(of session: SessionID) async throws { try await next().deleteAll(of: session) }
}

private struct AlternatingEntities<Entity: StoredEntity>: EntityStore {
    let next: @Sendable () -> any EntityStore<Entity>

    @discardableResult
    func create(_ entity: Entity) async throws -> Stored<Entity> { try await next().create(entity) }
    @discardableResult
    func save(_ entity: Entity) async throws -> Stored<Entity> { try await next().save(entity) }
    func read(_ id: Identifier<Entity>) async throws -> Stored<Entity> { try await next().read(id) }
    func list(anyOf tags: [TagID]?) async throws -> [Stored<Entity>] { try await next().list(anyOf: tags) }
    @discardableResult
    func update(
        _ id: Identifier<Entity>, _ change: @Sendable (inout Entity) throws -> Void
    ) async throws -> Stored<Entity> {
        try await next().update(id, change)
    }
    func delete(_ id: Identifier<Entity>) async throws { try await next().delete(id) }
}
