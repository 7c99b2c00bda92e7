public import ParlantCore

/// What `parlant-runtime status` prints of a running server.
public struct StatusReport: Sendable, Equatable {
    /// Lines for people, without a last line break.
    public var text: String
    /// 0 when all is well, 1 when something is degraded, 2 when the server is unhealthy or does not answer.
    public var exitCode: Int32

    /// Asks a server.
    ///
    /// - Parameters:
    ///   - address: Base address of the server, as `http://127.0.0.1:8800`.
    ///   - token: The server's token; without it, a server that wants one tells no details.
    public static func ask(
        _ address: String, token: String? = nil, through transport: any HTTPTransport
    ) async -> StatusReport {
        let base = address.hasSuffix("/") ? String(address.dropLast()) : address
        var request = HTTPExchangeRequest(method: "GET", url: "\(base)/healthz", timeout: .seconds(10))
        if let token { request.headers = [HTTPHeader("authorization", "Bearer \(token)")] }
        do {
            let reply = try await transport.exchange(request)
            guard let health = try? JSONParser.parse(reply.body).object, health["status"] != nil else {
                return StatusReport(text: "\(base): answers, but is no parlant-runtime", exitCode: 2)
            }
            return StatusReport(health)
        } catch let error as HTTPTransportError {
            return StatusReport(text: "\(base): \(error.message); is the server running there?", exitCode: 2)
        } catch {
            return StatusReport(text: "\(base): \(error)", exitCode: 2)
        }
    }

    private init(text: String, exitCode: Int32) {
        self.text = text
        self.exitCode = exitCode
    }

    /// Reads the body of `GET /healthz`.
    init(_ health: JSONObject) {
        let status = health["status"]?.string ?? "unknown"
        var lines = [status]
        let checks = health["checks"]?.object ?? [:]
        for (name, check) in checks where name != "scripts" {
            guard let status = check["status"]?.string, status != "healthy" else { continue }
            lines.append("\(name): \(status)")
        }
        let scripts = checks["scripts"]?.object ?? [:]
        if let status = scripts["status"]?.string, scripts["bundles"] == nil {
            lines.append("scripts: \(status); for more, set \(APIAccess.variable) to the server's token")
        }
        let bundles = scripts["bundles"]?.array ?? []
        let problems = scripts["problems"]?.array ?? []
        let broken = Set(problems.compactMap { $0["bundle"]?.string })
        for bundle in bundles {
            guard let name = bundle["name"]?.string, let kind = bundle["kind"]?.string else { continue }
            let state = bundle["generation"]?.integer.map { "generation \($0)" } ?? "not started"
            lines.append("\(kind) \(name): \(state)\(broken.contains(name) ? ", a change has problems" : "")")
        }
        for problem in problems {
            guard let file = problem["file"]?.string, let text = problem["text"]?.string else { continue }
            lines.append(problem["line"]?.integer.map { "\(file):\($0): \(text)" } ?? "\(file): \(text)")
        }
        self.text = lines.joined(separator: "\n")
        switch status {
        case "healthy": exitCode = 0
        case "degraded": exitCode = 1
        default: exitCode = 2
        }
    }
}
