import LuaRuntime
import ParlantCore

/// Reads customers and pages as functions of a `customer_store` return them, and writes what they get.
enum CustomerRecord {
    /// The creation time of a customer that comes without one. It puts them first in lists, in the order of ids.
    static let noMoment = Timestamp(microseconds: 0)

    /// Reads `{ id, name, about, metadata, tags, created_at, updated_at }`. An empty `about` is none.
    ///
    /// - Throws: ``PluginResultProblem`` that names the first member that cannot be used.
    static func read(_ value: LuaValue, from function: String, at path: String = "") throws -> Customer {
        guard let members = value.members else { throw PluginResultProblem(PluginWording.customer(function, value)) }
        func problem(_ name: String, _ expected: String) -> PluginResultProblem {
            PluginResultProblem(PluginWording.member(function, path + name, expected, members[name]))
        }
        guard let id = members["id"]?.text, (1...4096).contains(id.utf8.count) else {
            throw problem("id", "a string of 1 to 4096 bytes")
        }
        guard id != Customer.guestID.rawValue else { throw problem("id", "another id than that of the guest") }
        guard let name = members["name"]?.text, (1...100).contains(name.count) else {
            throw problem("name", "a string of 1 to 100 characters")
        }
        var customer = Customer(id: CustomerID(id), createdAt: noMoment, name: name)
        if let metadata = present(members["metadata"]) {
            guard metadata.fields != nil, let object = JSONValue(metadata) else {
                throw problem("metadata", "a table with named fields")
            }
            customer.metadata = object.object ?? [:]
        }
        if let tags = present(members["tags"]) {
            guard let items = tags.items, case let texts = items.compactMap(\.text), texts.count == items.count else {
                throw problem("tags", "a list of strings")
            }
            customer.tags = OrderedSet(texts.map(TagID.init(rawValue:)))
        }
        if let about = present(members["about"]) {
            guard let text = about.text else { throw problem("about", "a string") }
            customer.about = text.isEmpty ? nil : text
        }
        func moment(_ name: String) throws -> Timestamp? {
            guard let value = present(members[name]) else { return nil }
            guard let timestamp = value.text.flatMap({ Timestamp($0) }) else {
                throw problem(name, "a moment such as \"2026-03-02T08:00:00Z\"")
            }
            return timestamp
        }
        customer.createdAt = try moment("created_at") ?? noMoment
        customer.updatedAt = try moment("updated_at") ?? customer.createdAt
        return customer
    }

    /// Reads `{ items = { … }, total = N }`. Only a list without a limit may leave out `total`: it is all there is.
    static func readPage(_ value: LuaValue, limit: Int?) throws -> (items: [Customer], total: Int) {
        guard let members = value.members, let items = members["items"]?.items else {
            throw PluginResultProblem(PluginWording.page(value))
        }
        if let limit, items.count > limit {
            throw PluginResultProblem(PluginWording.tooMany(items.count, limit: limit))
        }
        var customers: [Customer] = []
        for (index, item) in items.enumerated() {
            customers.append(try read(item, from: "list", at: "items[\(index + 1)]."))
        }
        let total = present(members["total"]) ?? .nil
        if total.isAbsent, limit == nil { return (customers, customers.count) }
        guard let number = total.int.flatMap({ Int(exactly: $0) }), number >= items.count else {
            let expected = "an integer of at least \(items.count)"
            throw PluginResultProblem(PluginWording.member("list", "total", expected, total))
        }
        return (customers, number)
    }

    private static func present(_ value: LuaValue?) -> LuaValue? {
        switch value {
        case .none, .some(.nil), .some(.null): nil
        case .some(let value): value
        }
    }

    // MARK: Arguments

    static func draft(_ draft: CustomerDraft) -> LuaValue {
        var fields = [
            LuaField("name", .string(draft.name)), LuaField("metadata", JSONValue.object(draft.metadata).lua),
            LuaField("tags", strings(draft.tags)),
        ]
        if let id = draft.id { fields.append(LuaField("id", .string(id.rawValue))) }
        if let about = draft.about { fields.append(LuaField("about", .string(about))) }
        return .object(fields)
    }

    static func change(_ change: CustomerChange) -> LuaValue {
        var tags = [
            LuaField("add", strings(change.tags.add)), LuaField("remove", strings(change.tags.remove)),
        ]
        if let replacement = change.tags.replacement { tags.append(LuaField("replacement", strings(replacement))) }
        var metadata = [
            LuaField("set", JSONValue.object(change.metadata.set).lua),
            LuaField("unset", .array(change.metadata.unset.map(LuaValue.string))),
        ]
        if let replacement = change.metadata.replacement {
            metadata.append(LuaField("replacement", JSONValue.object(replacement).lua))
        }
        var fields = [LuaField("tags", .object(tags)), LuaField("metadata", .object(metadata))]
        if let name = change.name { fields.append(LuaField("name", .string(name))) }
        switch change.about {
        case .set(let text): fields.append(LuaField("about", .string(text)))
        case .clear: fields.append(LuaField("about", .string("")))
        case nil: break
        }
        return .object(fields)
    }

    /// - Parameter after: Where the page begins; the guest is ours and never stands there.
    static func query(_ query: CustomerQuery, after: PageCursor?, limit: Int?) -> LuaValue {
        let moment = query.order == .change ? "updated_at" : "created_at"
        var fields = [
            LuaField("direction", .string(query.page.direction.rawValue)), LuaField("tags", strings(query.tags)),
            LuaField("metadata", JSONValue.object(query.metadata).lua), LuaField("order", .string(moment)),
        ]
        if let limit { fields.append(LuaField("limit", .integer(Int64(limit)))) }
        if let after {
            fields.append(
                LuaField(
                    "after",
                    .object([
                        LuaField(moment, .string(after.createdAt.description)), LuaField("id", .string(after.id)),
                    ])))
        }
        return .object(fields)
    }

    private static func strings(_ tags: some Sequence<TagID>) -> LuaValue {
        .array(tags.map { .string($0.rawValue) })
    }
}
