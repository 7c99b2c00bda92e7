import HTTPTypes
import ParlantCore

/// `/users`: the customers, as Julep's clients know them.
struct UserRoutes: Sendable {
    private let users: Users
    private let limits: APILimits
    private let clock: any TimeSource

    init(_ services: APIServices) {
        users = Users(services)
        limits = services.limits
        clock = services.clock
    }

    func add(to table: inout RouteTable) {
        table.on(
            .post, "/users", .create, body: { [limits] body in UserDraft(body: &body, limits) }
        ) { [self] _, draft in
            try limits.checkMetadata(draft.metadata)
            let user = try await users.create(draft)
            return Receipt.created.reply(user.id.rawValue, at: user.createdAt)
        }
        table.on(.get, "/users", .list, query: { CustomerQuery(users: &$0) }) { [self] _, query in
            let page = try await users.list(query)
            return .json(capacity: 64 + page.items.count * 512) { writer in
                writer.beginObject()
                writer.key("items")
                writer.array(page.items) { $0.writeUser(to: &$1) }
                writer.member("next_cursor", page.nextCursor?.wire)
                writer.endObject()
            }
        }
        table.on(.get, "/users/{user_id}", .read) { [self] call in
            let user = try await users.read(CustomerID(call.parameters[0]))
            return .json { user.writeUser(to: &$0) }
        }
        table.on(
            .put, "/users/{user_id}", .replace,
            body: { [limits] body in CustomerChange(replacingUser: &body, limits) }
        ) { [self] call, change in try await update(call, change) }
        table.on(
            .patch, "/users/{user_id}", .update, body: { [limits] body in CustomerChange(user: &body, limits) }
        ) { [self] call, change in try await update(call, change) }
        table.on(.delete, "/users/{user_id}", .delete) { [self] call in
            let id = CustomerID(call.parameters[0])
            try await users.delete(id)
            return Receipt.deleted.reply(id.rawValue, at: clock.now)
        }
    }

    private func update(_ call: Call, _ change: CustomerChange) async throws -> Reply {
        let id = CustomerID(call.parameters[0])
        let user = try await change.isEmpty ? users.read(id) : users.update(id, change)
        return Receipt.updated.reply(user.id.rawValue, at: user.updatedAt)
    }
}

extension Operation {
    fileprivate static let create = Operation(
        "create_user", in: "users", as: "create", "Create a user",
        about: "A user is a customer: both are the same, seen through /users and through /customers. The documents are "
            + "created with the user, or nothing is.",
        Receipt.created.answer, refusing: [.conflict])
    fileprivate static let list = Operation(
        "list_users", in: "users", as: "list", "List users",
        about: "The newest first. metadata_filter is a JSON object: users whose metadata has these members. Pages by "
            + "offset shift while users are created; those that begin at next_cursor of the page before do not.",
        .ok(.named("UserList", .record(["items": .list(Customer.userSchema), "next_cursor": .nullable(.string())]))))
    fileprivate static let read = Operation(
        "read_user", in: "users", as: "retrieve", "Read a user", .ok(Customer.userSchema), refusing: [.notFound])
    fileprivate static let replace = Operation(
        "replace_user", in: "users", as: "replace", "Replace a user's name, text and metadata",
        about: "Without metadata it is empty afterwards. Documents, memories and tags stay.", Receipt.updated.answer,
        refusing: [.notFound, .conflict])
    fileprivate static let update = Operation(
        "update_user", in: "users", as: "update", "Update a user",
        about: "What is not given stays as it is; members of metadata that are not given, too.", Receipt.updated.answer,
        refusing: [.notFound, .conflict])
    fileprivate static let delete = Operation(
        "delete_user", in: "users", as: "delete", "Delete a user",
        about: "Documents and memories go too; sessions stay. To erase everything: POST "
            + "/customers/{customer_id}/erase.",
        Receipt.deleted.answer, refusing: [.notFound, .conflict])
}
