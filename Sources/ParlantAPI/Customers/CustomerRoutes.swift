import HTTPTypes
import ParlantCore
import ParlantEngine

/// `/customers`.
struct CustomerRoutes: Sendable {
    private let customers: any CustomerStore
    private let engine: EventEngine
    private let tags: TagReferences
    private let limits: APILimits

    init(_ services: APIServices) {
        customers = services.customers
        engine = services.engine
        tags = TagReferences(services)
        limits = services.limits
    }

    func add(to table: inout RouteTable) {
        table.on(.post, "/customers") { [self] call in try await create(&call) }
        table.on(.get, "/customers") { [self] call in try await list(call) }
        table.on(.get, "/customers/*") { [self] call in
            reply(try await customers.read(CustomerID(call.parameters[0])))
        }
        table.on(.patch, "/customers/*") { [self] call in try await update(&call) }
        table.on(.delete, "/customers/*") { [self] call in try await delete(call) }
    }

    private func create(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let draft = CustomerDraft(body: &body, limits)
        try call.finish(body: body)
        try limits.checkMetadata(draft.metadata)
        try await tags.check(draft.tags)
        return reply(try await customers.create(draft), .created)
    }

    private func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let page = query.page()
        let metadata = query.dictionary("metadata_filter")
        try call.finish(query)
        let tags = query.strings("tags").map(TagID.init(rawValue:))
        let found = try await customers.list(CustomerQuery(tags: tags, metadata: metadata ?? [:], page: page))
        return .page(found, isPaged: page.limit != nil) { $0.write(to: &$1) }
    }

    private func update(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let change = CustomerChange(body: &body)
        try call.finish(body: body)
        try limits.checkMetadata(change.metadata.set)
        let id = CustomerID(call.parameters[0])
        if change.isEmpty { return reply(try await customers.read(id)) }
        try await checkTags(change.tags, of: id)
        return reply(try await customers.update(id, change))
    }

    /// Tags that are given must exist, or be there already; tags that are taken away must be there.
    private func checkTags(_ change: TagsChange, of id: CustomerID) async throws {
        let customer = try await customers.read(id)
        guard !customer.isGuest else { return }
        let given = (change.replacement.map(Array.init) ?? []) + change.add
        try await tags.check(given.filter { !customer.tags.contains($0) })
        let held = (change.replacement ?? customer.tags).union(change.add)
        if let stranger = change.remove.first(where: { !held.contains($0) }) {
            throw APIError.itemNotFound(stranger.rawValue)
        }
    }

    /// Deletes the customer; with `cascade=true` the sessions that are theirs now and all events in them as well, and
    /// these first, so that a request that failed half-way can be sent again.
    private func delete(_ call: Call) async throws -> Reply {
        var query = call.query
        let isCascade = query.boolean("cascade") ?? false
        try call.finish(query)
        let id = CustomerID(call.parameters[0])
        if isCascade, try await !customers.read(id).isGuest {
            try await engine.deleteSessions(SessionQuery(customerID: id))
        }
        try await customers.delete(id)
        return .noContent
    }

    private func reply(_ customer: Customer, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status) { customer.write(to: &$0) }
    }
}
