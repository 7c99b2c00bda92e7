import Hummingbird
import NIOCore

/// One request on its way through a route.
///
/// What the request brought lies behind one reference: calls are handed on from function to function, and each that
/// waits would keep a copy of all of it for as long as a long poll lasts.
struct Call: Sendable {
    private final class Arrival: Sendable {
        let request: Request
        let channel: any Channel
        let presences: PresenceTable

        init(request: Request, channel: any Channel, presences: PresenceTable) {
            self.request = request
            self.channel = channel
            self.presences = presences
        }
    }

    private let arrival: Arrival
    /// Values of the path's parameters, decoded, in the order of the path.
    var parameters: [String] = []
    /// Names of body fields that nobody asked for, as paths.
    var unknownFields: [String] = []

    init(request: Request, channel: any Channel, presences: PresenceTable) {
        arrival = Arrival(request: request, channel: channel, presences: presences)
    }

    var request: Request { arrival.request }
    /// The connection, for closing it; ``presence`` tells whether its client is there.
    var channel: any Channel { arrival.channel }
    /// Tells when the client goes.
    var presence: ClientPresence { arrival.presences[channel] }
}
