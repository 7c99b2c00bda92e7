import HTTPTypes
import ParlantCore

/// The routes that all kinds of entities share: POST and GET of all, GET, PATCH and DELETE of one.
struct EntityRoutes<Resource: EntityResource>: Sendable {
    typealias Entity = Resource.Entity

    private let resource: Resource
    private let references: EntityReferences

    init(_ resource: Resource, _ services: APIServices) {
        self.resource = resource
        references = EntityReferences(services)
    }

    func add(to table: inout RouteTable) {
        addCreation(to: &table)
        addListing(to: &table)
        addReading(to: &table)
        addChanging(to: &table)
    }

    /// POST.
    func addCreation(to table: inout RouteTable) {
        table.on(.post, resource.path, resource.noun.creating(resource.schema), body: resource.draft) {
            [self] _, draft in try await create(try draft())
        }
    }

    /// GET of all.
    func addListing(to table: inout RouteTable) {
        table.on(
            .get, resource.path, resource.noun.listing(resource.schema),
            query: { [resource] query in query.strings(resource.tagFilter).map(TagID.init(rawValue:)) }
        ) { [self] _, tags in
            let found = try await resource.store.list(anyOf: tags.isEmpty ? nil : tags)
            return .json(capacity: 64 + found.count * 256) { writer in
                writer.array(found) { resource.write($0, to: &$1) }
            }
        }
    }

    /// GET of one.
    func addReading(to table: inout RouteTable) {
        table.on(.get, resource.onePath, resource.noun.reading(resource.answerSchema)) { [self] call in
            let id = Identifier<Entity>(call.parameters[0])
            do {
                return try await resource.answer(try await resource.store.read(id))
            } catch let error as StoreError where error.code == .notFound {
                throw resource.missing(id) ?? error
            }
        }
    }

    /// PATCH and DELETE of one.
    func addChanging(to table: inout RouteTable) {
        table.on(
            .patch, resource.onePath, resource.noun.updating(resource.answerSchema), body: resource.change
        ) { [self] call, change in try await update(Identifier(call.parameters[0]), change) }
        addDeletion(to: &table)
    }

    /// DELETE of one.
    func addDeletion(to table: inout RouteTable) {
        table.on(.delete, resource.onePath, resource.noun.deleting()) { [self] call in
            try await resource.delete(Identifier(call.parameters[0]))
            return .noContent
        }
    }

    private func create(_ entity: Entity) async throws -> Reply {
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

    private func update(_ id: Identifier<Entity>, _ change: EntityChange<Entity>) async throws -> Reply {
        let entity = try await resource.store.read(id).entity
        if let location = entity.location {
            throw StoreError.definedInScript(Entity.entityName, id, at: location)
        }
        try await references.check(change.tags, of: entity.tags, owners: resource.owners)
        for tool in change.tools { try await references.check(tool) }
        return try await resource.answer(try await resource.store.update(id, change.apply))
    }
}
