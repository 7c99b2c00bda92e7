import HTTPTypes
import ParlantCore

/// `/tags`.
struct TagRoutes: Sendable {
    private static let nameLength = 1...50

    private let tags: any TagStore

    init(_ services: APIServices) { tags = services.tags }

    func add(to table: inout RouteTable) {
        table.on(.post, "/tags", .create, body: Self.name) { [self] _, name in
            reply(try await tags.create(name: name), .created)
        }
        table.on(.get, "/tags", .list, query: { $0.string("name") }) { [self] _, name in
            let found = try await tags.list(name: name)
            return .json(capacity: 64 + found.count * 64) { writer in
                writer.array(found) { $0.write(to: &$1) }
            }
        }
        table.on(.get, "/tags/{tag_id}", .read) { [self] call in
            reply(try await tags.read(TagID(call.parameters[0])))
        }
        table.on(.patch, "/tags/{tag_id}", .update, body: Self.name) { [self] call, name in
            reply(try await tags.update(TagID(call.parameters[0]), name: name))
        }
        table.on(.delete, "/tags/{tag_id}", .delete) { [self] call in
            try await tags.delete(TagID(call.parameters[0]))
            return .noContent
        }
    }

    @Sendable private static func name(_ body: inout FieldReader) -> String {
        body.requiredString("name", length: nameLength)
    }

    private func reply(_ tag: Tag, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status) { tag.write(to: &$0) }
    }
}

extension Tag {
    /// What ``write(to:)`` writes.
    static let schema = Schema.named("Tag", .record(["id": .string(), "name": .string()]))

    /// Writes the tag as the reference's clients read it; no time of creation, as there.
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(id.rawValue)
        writer.key("name")
        writer.string(name)
        writer.endObject()
    }
}

extension Operation {
    fileprivate static let create = Operation(
        "create_tag", in: "tags", as: "create", "Create a tag", about: "A name that is taken is refused with 409.",
        .created(Tag.schema), refusing: [.conflict])
    fileprivate static let list = Operation(
        "list_tags", in: "tags", as: "list", "List tags", about: "With a name, the one that has exactly this name.",
        .ok(.list(Tag.schema)))
    fileprivate static let read = Operation(
        "read_tag", in: "tags", as: "retrieve", "Read a tag", .ok(Tag.schema), refusing: [.notFound])
    fileprivate static let update = Operation(
        "update_tag", in: "tags", as: "update", "Rename a tag", .ok(Tag.schema), refusing: [.notFound, .conflict])
    fileprivate static let delete = Operation(
        "delete_tag", in: "tags", as: "delete", "Delete a tag", about: "Its id stays wherever it was used.", .noContent,
        refusing: [.notFound])
}
