import Hummingbird
import NIOCore

/// One request on its way through a route.
struct Call: Sendable {
    let request: Request
    /// Values of the path's parameters, decoded, in the order of the path.
    let parameters: [String]
    let channel: any Channel
    let presences: PresenceTable
    /// Names of body fields that nobody asked for, as paths.
    private(set) var unknownFields: [String] = []

    init(request: Request, parameters: [String], channel: any Channel, presences: PresenceTable) {
        self.request = request
        self.parameters = parameters
        self.channel = channel
        self.presences = presences
    }

    /// Reads the query parameters.
    var query: QueryReader { QueryReader(request.uri.query) }

    /// Ends the reading of a request: throws all problems that were found.
    func finish(_ query: QueryReader) throws {
        guard query.problems.isEmpty else { throw APIError(query.problems) }
    }

    /// Ends the reading of a request: notes unknown fields, and throws all problems that were found, those of the
    /// query first, as the reference does.
    mutating func finish(_ query: QueryReader = .init(nil), body: FieldReader) throws {
        unknownFields = body.unknownFields
        let problems = query.problems + body.problems
        guard problems.isEmpty else { throw APIError(problems) }
    }
}
