import ParlantCore

/// Customers of a server that runs, over its REST API.
struct RemoteCustomers: Sendable {
    /// Erasing waits for turns to end, and for the store.
    private static let patience = Duration.seconds(600)

    private let address: String
    private let token: String?
    private let transport: any HTTPTransport

    init(_ address: String, token: String?, transport: any HTTPTransport) {
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.token = token
        self.transport = transport
    }

    /// Hands the zip file on as it comes.
    func export(_ id: CustomerID, to sink: ByteSink) async throws {
        let reply = try await open("GET", id, "export")
        do {
            while let bytes = try await reply.next() { try await sink(bytes) }
        } catch {
            await reply.close()
            throw error
        }
        await reply.close()
    }

    func erase(_ id: CustomerID) async throws -> CustomerErasure.Report {
        let body = try await read(try await open("POST", id, "erase"))
        guard let answer = try? JSONParser.parse(body).object, let sessions = answer["sessions"]?.integer else {
            throw ConfigurationError("\(address): answers something else than a parlant-runtime does")
        }
        var report = CustomerErasure.Report()
        report.sessions = Int(clamping: sessions)
        report.values = Int(clamping: answer["values"]?.integer ?? 0)
        report.documents = Int(clamping: answer["documents"]?.integer ?? 0)
        report.memories = Int(clamping: answer["memories"]?.integer ?? 0)
        report.hadRecord = answer["customer"]?.boolean ?? false
        report.alsoRemoved = answer["also_removed"]?.array?.compactMap(\.string) ?? []
        report.remains = answer["remains"]?.array?.compactMap(\.string) ?? []
        return report
    }

    /// The begin of a good answer.
    private func open(_ method: String, _ id: CustomerID, _ action: String) async throws -> any HTTPReplyStream {
        let path = "/customers/\(Self.encoded(id.rawValue))/\(action)"
        var request = HTTPExchangeRequest(method: method, url: address + path, timeout: Self.patience)
        if let token { request.headers = [HTTPHeader("authorization", "Bearer \(token)")] }
        let reply: any HTTPReplyStream
        do {
            reply = try await transport.open(request)
        } catch let error as HTTPTransportError {
            throw ConfigurationError("\(address): \(error.message); is the server running there?")
        }
        guard reply.status != 200 else { return reply }
        let detail = (try? JSONParser.parse(await read(reply)))?["detail"]?.string
        if reply.status == 401 {
            throw ConfigurationError("\(address): wants a token; set \(Application.tokenVariable) to the server's")
        }
        throw ConfigurationError("\(address): \(detail ?? "answers with the status \(reply.status)")")
    }

    private func read(_ reply: any HTTPReplyStream) async throws -> [UInt8] {
        var body: [UInt8] = []
        while body.count < 1 << 20, let bytes = try await reply.next() { body += bytes }
        await reply.close()
        return body
    }

    /// An id as one segment of a path.
    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            let hex = String(byte, radix: 16, uppercase: true)
            encoded += isPlain ? String(Character(scalar)) : "%" + (hex.count < 2 ? "0" : "") + hex
        }
        return encoded
    }
}
