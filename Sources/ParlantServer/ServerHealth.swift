import ParlantCore
import ParlantEngine

/// What `GET /healthz` says beside what it finds out itself.
struct ServerHealth: Sendable {
    /// What the scripts are, with their generations.
    var scripts: @Sendable () -> JSONObject
    var engine: EventEngine
    var stores: OpenStores

    /// Checks by name.
    var checks: JSONObject {
        var checks: JSONObject = ["scripts": .object(scripts())]
        if let node = stores.stores.node {
            checks["node"] = [
                "status": "healthy", "id": .string(node.id.rawValue),
                "running_turns": .integer(Int64(engine.runningTurns)),
                "waiting_readers": .integer(Int64(engine.waitingReaders)),
            ]
        }
        let health = stores.health
        if !health.isEmpty { checks["stores"] = .object(Self.check(health)) }
        return checks
    }

    /// Stores at other places: without one of them, requests fail.
    static func check(_ stores: [StoreHealth]) -> JSONObject {
        [
            "status": stores.allSatisfy(\.isReachable) ? "healthy" : "unhealthy",
            "places": .array(
                stores.map { store in
                    var place: JSONObject = [
                        "place": .string(store.place), "status": store.isReachable ? "healthy" : "unhealthy",
                    ]
                    if !store.isReachable { place["problem"] = .string(store.problem) }
                    return .object(place)
                }),
        ]
    }
}
