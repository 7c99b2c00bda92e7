import NIOCore
import NIOPosix
import ParlantCore
import ParlantStores

/// A customer service over HTTP on loopback, as the plugin `crm_customers` expects one, over a store in memory.
struct CustomerServer: Sendable {
    let port: Int
    private let server: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>
    private let store = MemoryCustomerStore(clock: SystemTimeSource(), ids: RandomIDGenerator())

    private init() async throws {
        server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        port = server.channel.localAddress?.port ?? 0
    }

    /// Runs a body with a service that has no customer yet.
    static func with(_ body: @Sendable (CustomerServer) async throws -> Void) async throws {
        let server = try await CustomerServer()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            defer { group.cancelAll() }
            try await body(server)
        }
    }

    private func run() async throws {
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask { try? await self.serve(connection) }
                }
            }
        }
    }

    private func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var pending = ""
            for try await bytes in inbound {
                pending += String(buffer: bytes)
                while let request = Request(&pending) {
                    let (status, value) = await answer(request)
                    let body = value.map { "\($0)" } ?? ""
                    let head = "HTTP/1.1 \(status) x\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
                    try await outbound.write(ByteBuffer(string: head + body))
                }
            }
        }
    }

    /// One request, cut from the bytes that came so far.
    private struct Request {
        var method: String
        var path: String
        var query: [String: String] = [:]
        var body: JSONValue

        init?(_ pending: inout String) {
            guard let end = pending.firstRange(of: "\r\n\r\n") else { return nil }
            let lines = pending[..<end.lowerBound].split(separator: "\r\n")
            let length =
                lines.first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
            let rest = Array(pending[end.upperBound...].utf8)
            guard rest.count >= length else { return nil }
            body = (try? JSONParser.parse(Array(rest.prefix(length)))) ?? .null
            pending = String(decoding: rest.dropFirst(length), as: UTF8.self)
            let words = lines[0].split(separator: " ")
            let parts = words[1].split(separator: "?", maxSplits: 1)
            method = String(words[0])
            path = String(parts[0])
            for pair in parts.dropFirst().joined().split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                query[String(sides[0])] = CustomerServer.unescaped(sides[1])
            }
        }
    }

    private static func unescaped(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), let value = UInt8(digits, radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func answer(_ request: Request) async -> (status: Int, body: JSONValue?) {
        do {
            let id = CustomerID(Self.unescaped(request.path.dropFirst("/customers/".count)))
            switch request.method {
            case "GET" where request.path == "/customers": return (200, try await list(request.query))
            case "GET": return (200, Self.json(try await store.read(id)))
            case "POST": return (200, Self.json(try await store.create(Self.draft(request.body))))
            case "PATCH": return (200, Self.json(try await store.update(id, Self.change(request.body))))
            default:
                try await store.delete(id)
                return (204, nil)
            }
        } catch let error as StoreError {
            return (error.code == .alreadyExists ? 409 : 404, ["error": .string(error.message)])
        } catch {
            return (500, ["error": .string("\(error)")])
        }
    }

    // MARK: Shapes

    private func list(_ query: [String: String]) async throws -> JSONValue {
        let tags = try JSONParser.parse(query["tags"] ?? "[]").array ?? []
        var page = PageRequest(
            limit: query["limit"].flatMap { Int($0) },
            direction: query["direction"].flatMap(PageRequest.Direction.init(rawValue:)) ?? .ascending)
        // The store's own guest is nobody's customer here: a list begins behind it.
        page.cursor = PageCursor(createdAt: Timestamp(microseconds: 0), id: Customer.guestID.rawValue)
        let order: CustomerOrder = query["order"] == "updated_at" ? .change : .creation
        if let moment = query["after"].flatMap({ Timestamp($0) }), let id = query["after_id"] {
            page.cursor = PageCursor(createdAt: moment, id: id)
        }
        let found = try await store.list(
            CustomerQuery(
                tags: tags.compactMap(\.string).map(TagID.init(rawValue:)),
                metadata: try JSONParser.parse(query["metadata"] ?? "{}").object ?? [:], order: order, page: page))
        return ["items": .array(found.items.map(Self.json)), "total": .integer(Int64(found.totalCount))]
    }

    private static func json(_ customer: Customer) -> JSONValue {
        [
            "id": .string(customer.id.rawValue), "name": .string(customer.name), "metadata": .object(customer.metadata),
            "tags": .array(customer.tags.map { .string($0.rawValue) }),
            "created_at": .string(customer.createdAt.description),
            "updated_at": .string(customer.updatedAt.description),
            "about": customer.about.map(JSONValue.string) ?? .null,
        ]
    }

    private static func draft(_ body: JSONValue) -> CustomerDraft {
        CustomerDraft(
            id: body["id"]?.string.map { CustomerID($0) }, name: body["name"]?.string ?? "",
            about: body["about"]?.string,
            metadata: body["metadata"]?.object ?? [:], tags: OrderedSet(tags(body["tags"])))
    }

    private static func change(_ body: JSONValue) -> CustomerChange {
        let (metadata, changed) = (body["metadata"], body["tags"])
        return CustomerChange(
            name: body["name"]?.string, about: body["about"]?.string.map { $0.isEmpty ? .clear : .set($0) },
            metadata: MetadataChange(
                replacement: metadata?["replacement"]?.object, set: metadata?["set"]?.object ?? [:],
                unset: metadata?["unset"]?.array?.compactMap(\.string) ?? []),
            tags: TagsChange(
                replacement: changed?["replacement"].map { OrderedSet(tags($0)) }, add: tags(changed?["add"]),
                remove: tags(changed?["remove"])))
    }

    private static func tags(_ value: JSONValue?) -> [TagID] {
        (value?.array ?? []).compactMap(\.string).map(TagID.init(rawValue:))
    }
}
