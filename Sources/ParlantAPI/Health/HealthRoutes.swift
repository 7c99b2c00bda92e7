import HTTPTypes
import Hummingbird
import ParlantCore

/// `GET /healthz`.
struct HealthRoutes: Sendable {
    /// A wait for a free thread beyond this means that something blocks the pool.
    private static let slowHop = Duration.milliseconds(250)

    private static let schema = Schema.named(
        "Health",
        .record([
            "status": .choice(["healthy", "degraded", "unhealthy"]), "checks": .dictionary(.dictionary(.anything)),
        ]))

    private let services: APIServices

    init(_ services: APIServices) { self.services = services }

    func add(to table: inout RouteTable) {
        let operation = Operation(
            "check_health", in: "health", as: "check", "Tell how the server is",
            about:
                "200 when healthy or degraded, 503 when unhealthy. Where the server wants a token, who does not bring it "
                + "sees the status of each check and no more.", .ok(Self.schema),
            .init(.serviceUnavailable, Self.schema))
        table.on(.get, "/healthz", operation) { [self] call in
            await check(showsDetails: services.token?.isBrought(by: call.request.headers) ?? true)
        }
    }

    /// 200 when healthy or degraded, 503 when unhealthy: what probes look at.
    private func check(showsDetails: Bool) async -> Reply {
        let start = services.clock.uptime
        await Task {}.value
        let latency = services.clock.uptime - start
        let (seconds, attoseconds) = latency.components
        let milliseconds = Double(seconds) * 1000 + Double(attoseconds / 1_000_000_000_000) / 1000
        var checks: JSONObject = [
            "event_loop": [
                "status": latency > Self.slowHop ? "degraded" : "healthy", "latency_ms": .number(milliseconds),
            ]
        ]
        for (name, check) in services.health() { checks[name] = check }
        if !showsDetails { checks = checks.mapValues { ["status": $0["status"] ?? "healthy"] } }
        let states = checks.values.compactMap { $0["status"]?.string }
        let status = ["unhealthy", "degraded"].first(where: states.contains) ?? "healthy"
        return .json(status == "unhealthy" ? .serviceUnavailable : .ok) { writer in
            writer.beginObject()
            writer.key("status")
            writer.string(status)
            writer.key("checks")
            writer.object(checks)
            writer.endObject()
        }
    }
}
