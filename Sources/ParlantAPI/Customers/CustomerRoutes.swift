import HTTPTypes
import ParlantCore

/// `/customers`.
struct CustomerRoutes: Sendable {
    private let customers: any CustomerStore
    private let deletion: CustomerDeletion
    private let tags: TagReferences
    private let limits: APILimits

    init(_ services: APIServices) {
        customers = services.customers
        deletion = CustomerDeletion(services)
        tags = TagReferences(services)
        limits = services.limits
    }

    func add(to table: inout RouteTable) {
        table.on(
            .post, "/customers", .create, body: { [limits] body in CustomerDraft(body: &body, limits) }
        ) { [self] _, draft in try await create(draft) }
        table.on(.get, "/customers", .list, query: { CustomerQuery(query: &$0) }) { [self] _, query in
            let found = try await customers.list(query)
            return .page(found, isPaged: query.page.limit != nil) { $0.write(to: &$1) }
        }
        table.on(.get, "/customers/{customer_id}", .read) { [self] call in
            reply(try await customers.read(CustomerID(call.parameters[0])))
        }
        table.on(
            .patch, "/customers/{customer_id}", .update,
            body: { [limits] body in CustomerChange(body: &body, limits) }
        ) { [self] call, change in try await update(CustomerID(call.parameters[0]), change) }
        table.on(
            .delete, "/customers/{customer_id}", .delete, query: { $0.boolean("cascade", default: false) }
        ) { [self] call, isCascade in
            try await deletion.delete(CustomerID(call.parameters[0]), isCascade: isCascade)
            return .noContent
        }
    }

    private func create(_ draft: CustomerDraft) async throws -> Reply {
        try limits.checkMetadata(draft.metadata)
        try await tags.check(draft.tags)
        return reply(try await customers.create(draft), .created)
    }

    private func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Reply {
        if change.isEmpty { return reply(try await customers.read(id)) }
        if !change.tags.isEmpty { try await checkTags(change.tags, of: try await customers.read(id)) }
        return reply(try await customers.update(id, change))
    }

    /// Tags that are given must exist, or be there already; tags that are taken away must be there.
    private func checkTags(_ change: TagsChange, of customer: Customer) async throws {
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

extension Operation {
    fileprivate static let create = Operation(
        "create_customer", in: "customers", as: "create", "Create a customer",
        about: "The id may be given; one that is taken is refused with 409. Tags must exist. about is what agents are "
            + "told of the customer. Metadata is read back here as texts: what is none, as the text of its JSON.",
        .created(Customer.schema), refusing: [.notFound, .conflict])
    fileprivate static let list = Operation(
        "list_customers", in: "customers", as: "list", "List customers",
        about: "The guest comes first. With a limit the answer is a page, without one a list of all. metadata_filter "
            + "is a JSON object: customers whose metadata has these members.",
        .ok(.page(of: Customer.schema, named: "CustomerPage")))
    fileprivate static let read = Operation(
        "read_customer", in: "customers", as: "retrieve", "Read a customer", .ok(Customer.schema),
        refusing: [.notFound])
    fileprivate static let update = Operation(
        "update_customer", in: "customers", as: "update", "Update a customer",
        about: "What is not given stays as it is; an empty about is removed. tags as a list replaces all of them; "
            + "remove in metadata means unset.",
        .ok(Customer.schema), refusing: [.notFound, .conflict])
    fileprivate static let delete = Operation(
        "delete_customer", in: "customers", as: "delete", "Delete a customer",
        about: "Documents and memories go too. With cascade=true so do the customer's sessions, their events and the "
            + "customer's values of variables.",
        .noContent,
        refusing: [.notFound, .conflict])
}
