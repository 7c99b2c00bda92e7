import HTTPTypes
import ParlantCore

/// `/guidelines`: the shared routes, and the reference's own words for one that is not there.
struct GuidelineRoutes: Sendable {
    private let resource: GuidelineResource
    private let routes: EntityRoutes<GuidelineResource>

    init(_ services: APIServices) {
        resource = GuidelineResource(services)
        routes = EntityRoutes(resource, services)
    }

    func add(to table: inout RouteTable) {
        // Before the shared routes, because the first that fits answers.
        table.on(.get, "/guidelines/*") { [self] call in
            guard let guideline = try await resource.store.find(GuidelineID(call.parameters[0])) else {
                throw APIError(.notFound, "Guideline not found")
            }
            return try await resource.answer(guideline)
        }
        routes.add(to: &table)
    }
}
