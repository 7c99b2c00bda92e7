import HTTPTypes
import ParlantCore
import ParlantEngine

/// What language models have cost: of a session, of a customer, and of the day.
struct UsageRoutes: Sendable {
    private let engine: EventEngine

    init(_ services: APIServices) { engine = services.engine }

    func add(to table: inout RouteTable) {
        table.on(.get, "/usage", .readToday) { [self] _ in reply(engine.usageToday) }
        table.on(.get, "/sessions/{session_id}/usage", .readOfSession) { [self] call in
            reply(try await engine.usage(of: SessionID(call.parameters[0])))
        }
        table.on(.get, "/customers/{customer_id}/usage", .readOfCustomer) { [self] call in
            reply(try await engine.usage(of: CustomerID(call.parameters[0])))
        }
    }

    private func reply(_ usage: Usage) -> Reply { .json(.ok) { usage.write(to: &$0) } }
}

extension Operation {
    private static let meaning =
        "Requests to language models and their tokens, with the limits of the configuration file and what remains of "
        + "them; null is no limit. Money is null when no model has a price."

    fileprivate static let readToday = Operation(
        "read_usage", in: "usage", as: "retrieve", "Tell what language models have cost today",
        about: "Of all turns of the day, in UTC. " + meaning, .ok(Usage.schema))
    fileprivate static let readOfSession = Operation(
        "read_session_usage", in: "usage", as: "retrieve_of_session", "Tell what a session has cost",
        about: "As far as this server has seen it: a restart begins anew. " + meaning, .ok(Usage.schema),
        refusing: [.notFound])
    fileprivate static let readOfCustomer = Operation(
        "read_customer_usage", in: "usage", as: "retrieve_of_customer", "Tell what a customer has cost today",
        about: "In all their sessions, in UTC; a restart begins anew. The guest, who is everybody, has no limits. "
            + meaning,
        .ok(Usage.schema), refusing: [.notFound])
}
