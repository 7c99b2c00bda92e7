import HTTPTypes
import ParlantCore

/// `/tags`.
struct TagRoutes: Sendable {
    private static let nameLength = 1...50

    private let tags: any TagStore
    private let limits: APILimits

    init(_ services: APIServices) {
        tags = services.tags
        limits = services.limits
    }

    func add(to table: inout RouteTable) {
        table.on(.post, "/tags") { [self] call in
            let name = try await name(&call)
            return reply(try await tags.create(name: name), .created)
        }
        table.on(.get, "/tags") { [self] call in
            let found = try await tags.list(name: call.query.string("name"))
            return .json(capacity: 64 + found.count * 64) { writer in
                writer.beginArray()
                for tag in found { tag.write(to: &writer) }
                writer.endArray()
            }
        }
        table.on(.get, "/tags/*") { [self] call in reply(try await tags.read(TagID(call.parameters[0]))) }
        table.on(.patch, "/tags/*") { [self] call in
            let name = try await name(&call)
            return reply(try await tags.update(TagID(call.parameters[0]), name: name))
        }
        table.on(.delete, "/tags/*") { [self] call in
            try await tags.delete(TagID(call.parameters[0]))
            return .noContent
        }
    }

    private func name(_ call: inout Call) async throws -> String {
        var body = try await call.body(limits)
        let name = body.requiredString("name", length: Self.nameLength)
        try call.finish(body: body)
        return name
    }

    private func reply(_ tag: Tag, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status) { tag.write(to: &$0) }
    }
}

extension Tag {
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
