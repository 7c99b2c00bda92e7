import HTTPTypes
import ParlantCore

/// The routes that all kinds of entities share: POST and GET of all, GET, PATCH and DELETE of one.
struct EntityRoutes<Resource: EntityResource>: Sendable {
    typealias Entity = Resource.Entity

    private let resource: Resource
    private let references: EntityReferences
    private let limits: APILimits

    init(_ resource: Resource, _ services: APIServices) {
        self.resource = resource
        references = EntityReferences(services)
        limits = services.limits
    }

    func add(to table: inout RouteTable) {
        table.on(.post, resource.path) { [self] call in try await create(&call) }
        addReading(to: &table)
        table.on(.patch, resource.path + "/*") { [self] call in try await update(&call) }
        table.on(.delete, resource.path + "/*") { [self] call in
            try await resource.delete(Identifier(call.parameters[0]))
            return .noContent
        }
    }

    /// GET of all and of one only.
    func addReading(to table: inout RouteTable) {
        table.on(.get, resource.path) { [self] call in
            let tags = call.query.strings(resource.tagFilter).map(TagID.init(rawValue:))
            let found = try await resource.store.list(anyOf: tags.isEmpty ? nil : tags)
            return .json(capacity: 64 + found.count * 256) { writer in
                writer.array(found) { resource.write($0, to: &$1) }
            }
        }
        table.on(.get, resource.path + "/*") { [self] call in
            try await resource.answer(try await resource.store.read(Identifier(call.parameters[0])))
        }
    }

    private func create(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let draft = resource.draft(&body)
        try call.finish(body: body)
        let entity = try draft()
        try await references.check(entity.tags, owners: resource.owners)
        try await resource.check(entity)
        do {
            let stored = try await resource.store.create(entity)
            return .json(.created) { resource.write(stored, to: &$0) }
        } catch let error as StoreError where error.code == .alreadyExists {
            if let taken = resource.taken(entity.id) { throw taken }
            throw error
        }
    }

    private func update(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let change = resource.change(&body)
        try call.finish(body: body)
        let id = Identifier<Entity>(call.parameters[0])
        let entity = try await resource.store.read(id).entity
        if let location = entity.location {
            throw StoreError.definedInScript(Entity.entityName, id, at: location)
        }
        try await references.check(change.tags, of: entity.tags, owners: resource.owners)
        for tool in change.tools { try await references.check(tool) }
        return try await resource.answer(try await resource.store.update(id, change.apply))
    }
}
