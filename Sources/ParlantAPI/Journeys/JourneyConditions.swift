import ParlantCore

/// The guidelines that start journeys: each carries the journey's tag for as long as it does.
struct JourneyConditions: Sendable {
    private let guidelines: GuidelineResource
    private let journeys: any EntityStore<Journey>
    private let ids: any IDGenerator

    init(_ services: APIServices) {
        guidelines = GuidelineResource(services)
        journeys = services.entities.journeys
        ids = services.ids
    }

    /// Makes an observation for each text.
    func create(_ texts: [String], for journey: JourneyID) async throws -> OrderedSet<GuidelineID> {
        var made: OrderedSet<GuidelineID> = []
        for text in texts {
            let guideline = Guideline(
                id: GuidelineID(ids.entityID()), content: GuidelineContent(condition: text, action: nil),
                tags: [Journey.owner(journey)])
            try await guidelines.store.create(guideline)
            made.append(guideline.id)
        }
        return made
    }

    /// Checks conditions that shall come and go, before anything is changed.
    ///
    /// - Throws: 404 for an unknown guideline, or one that is taken away and is no condition; 409 for one of a script,
    ///   which cannot be given a tag here.
    func check(_ change: ConditionsChange, of journey: Journey) async throws {
        for id in change.add where !journey.conditions.contains(id) {
            let guideline = try await guidelines.store.read(id).entity
            if let location = guideline.location {
                throw StoreError.definedInScript(Guideline.entityName, id, at: location)
            }
        }
        let held = journey.conditions.union(change.add)
        if let stranger = change.remove.first(where: { !held.contains($0) }) {
            throw APIError.itemNotFound(stranger.rawValue)
        }
    }

    /// Gives a guideline the journey's tag.
    func claim(_ id: GuidelineID, for journey: JourneyID) async throws {
        try await guidelines.store.update(id) { $0.tags.append(Journey.owner(journey)) }
    }

    /// Takes the journey's tag off a guideline that is no condition of it any more, and deletes one that has no tag
    /// left. With `deletesAlways` other tags keep it only when another journey uses it.
    func release(_ id: GuidelineID, from journey: JourneyID, deletesAlways: Bool = false) async throws {
        do {
            let guideline = try await guidelines.store.update(id) { $0.tags.remove(Journey.owner(journey)) }.entity
            let isUsed = try await journeys.list().contains { $0.entity.conditions.contains(id) }
            if !isUsed, deletesAlways || guideline.tags.isEmpty { try await guidelines.delete(id) }
        } catch let error as StoreError where error.code == .notFound {
            return
        }
    }
}

/// Conditions that a journey gets and loses, in this order.
struct ConditionsChange: Sendable {
    var add: [GuidelineID] = []
    var remove: [GuidelineID] = []

    /// Nothing.
    init() {}

    /// Reads `{add, remove}`.
    init(body: inout FieldReader) {
        add = (body.strings("add") ?? []).map(GuidelineID.init(rawValue:))
        remove = (body.strings("remove") ?? []).map(GuidelineID.init(rawValue:))
    }
}
