import HTTPTypes
import ParlantCore

/// `/customers`.
struct CustomerRoutes: Sendable {
    private let customers: any CustomerStore
    private let tags: TagReferences
    private let limits: APILimits

    init(_ services: APIServices) {
        customers = services.customers
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
        table.on(.delete, "/customers/*") { [self] call in
            try await customers.delete(CustomerID(call.parameters[0]))
            return .noContent
        }
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
        try call.finish(query)
        let found = try await customers.list(CustomerQuery(page: page))
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

    private func reply(_ customer: Customer, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status) { customer.write(to: &$0) }
    }
}
