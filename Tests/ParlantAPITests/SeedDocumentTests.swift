import HTTPTypes
import ParlantCore
import Testing

/// The REST calls behind the examples of the manuals that this server is to follow, with their values.
@Suite("The examples of the manuals")
struct SeedDocumentTests {
    private let fixture = Fixture()

    private func customers(_ filter: String) async throws -> [String] {
        let encoded = filter.utf8.map { byte in "%" + String(Int(byte) + 0x100, radix: 16).suffix(2) }.joined()
        return try await fixture.send(.get, "/customers?metadata_filter=\(encoded)").value.elements
            .map { try $0["id"].string }
    }

    @Test("Customers: registering customers, updating customer data")
    func registeringAndUpdating() async throws {
        let tag = try await fixture.send(.post, "/tags", #"{"name": "VIP"}"#).value["id"].string
        let newTag = try await fixture.send(.post, "/tags", #"{"name": "Gold"}"#).value["id"].string
        let created = try await fixture.send(
            .post, "/customers",
            #"{"name": "Alice", "metadata": {"external_id": "12345", "location": "USA", "hobby": "reading"},"#
                + #" "tags": ["\#(tag)"]}"#)
        #expect(created.status == 201)
        let id = try created.value["id"].string
        let updated = try await fixture.send(
            .patch, "/customers/\(id)",
            #"{"name": "Alice Smith", "metadata": {"set": {"location": "Canada"}, "remove": ["hobby"]},"#
                + #" "tags": ["\#(newTag)"]}"#)
        #expect(updated.status == 200)
        #expect(updated.header("x-unknown-fields") == nil)
        #expect(try updated.value["name"].string == "Alice Smith")
        #expect(try updated.value["metadata"].json == ["external_id": "12345", "location": "Canada"])
        #expect(try updated.value["tags"].json == [.string(newTag)])
    }

    @Test("Customers: custom ids, updating a session's customer")
    func updatingASessionsCustomer() async throws {
        try await fixture.send(.post, "/customers", #"{"id": "usr_12345", "name": "Alice"}"#)
        try await fixture.send(.post, "/customers", #"{"id": "authenticated_user_123", "name": "Bob"}"#)
        let session = try await fixture.newSession()
        let updated = try await fixture.send(
            .patch, "/sessions/\(session)", #"{"customer_id": "authenticated_user_123"}"#)
        #expect(try updated.value["customer_id"].string == "authenticated_user_123")
        let message = try await fixture.send(
            .post, "/sessions/\(session)/events", #"{"kind": "message", "source": "customer", "message": "Hi"}"#)
        #expect(
            try message.value["data"]["participant"].json
                == ["id": "authenticated_user_123", "display_name": "Bob"])
    }

    @Test("Conversation API: the three ways of sending, and waiting for what comes")
    func conversation() async throws {
        let session = try await fixture.newSession()
        let events = "/sessions/\(session)/events"
        let customer = try await fixture.send(
            .post, events, #"{"kind": "message", "source": "customer", "message": "Hello"}"#
        ).value
        #expect(try customer["source"].string == "customer")
        let human = try await fixture.send(
            .post, events,
            #"{"kind": "message", "source": "human_agent_on_behalf_of_ai_agent", "message": "Hi!"}"#
        ).value
        #expect(try human["data"]["message"].string == "Hi!")
        let triggered = try await fixture.send(.post, events, #"{"kind": "message", "source": "ai_agent"}"#)
        #expect(triggered.status == 201)
        #expect(try triggered.value["kind"].string == "status")
        let correlation = try triggered.value["correlation_id"].string
        let query = "kinds=message&source=ai_agent&trace_id=\(correlation)"
        let reply = try await fixture.send(.get, "\(events)?\(query)").value
        #expect(try reply[0]["correlation_id"].string == correlation)
    }

    @Test("Users: listing with a metadata filter")
    func metadataFilter() async throws {
        for (id, metadata) in [
            ("a", #"{"db_uuid": "1234"}"#), ("b", #"{"db_uuid": "1234", "page": {"number": 1, "tags": ["x"]}}"#),
            ("c", #"{"db_uuid": 1234}"#),
        ] {
            try await fixture.send(.post, "/customers", #"{"id": "\#(id)", "name": "Anon", "metadata": \#(metadata)}"#)
        }
        #expect(try await customers(#"{"db_uuid": "1234"}"#) == ["a", "b"])
        #expect(try await customers(#"{"page": {"tags": ["x"], "number": 1.0}, "db_uuid": "1234"}"#) == ["b"])
        #expect(try await customers(#"{"page": {"number": 1}}"#) == [])
        #expect(try await customers("{}") == ["guest", "a", "b", "c"])
        let paged = try await fixture.send(.get, "/customers?metadata_filter=%7B%22db_uuid%22:%221234%22%7D&limit=1")
        #expect(try paged.value["total_count"].integer == 2)
        let list = try await fixture.send(.get, "/customers?metadata_filter=%5B%5D")
        #expect(list.status == 422)
        #expect(list.text.contains(#""type":"dict_type","loc":["query","metadata_filter"]"#))
        let broken = try await fixture.send(.get, "/customers?metadata_filter=%7B")
        #expect(broken.status == 422)
        #expect(broken.text.contains(#""type":"json_invalid","loc":["query","metadata_filter"]"#))
    }

    @Test("a customer is deleted with or without what they said, as the caller asks")
    func cascade() async throws {
        for id in ["a", "b"] { try await fixture.send(.post, "/customers", #"{"id": "\#(id)", "name": "N"}"#) }
        for id in ["a", "a", "b"] {
            _ = try await fixture.newSession(#"{"agent_id": "bank", "customer_id": "\#(id)"}"#)
        }
        #expect(try await fixture.send(.delete, "/customers/b").status == 204)
        #expect(try await fixture.send(.get, "/sessions").value.elements.count == 3)
        let variable = try await fixture.send(.post, "/context-variables", #"{"name": "balance"}"#).value["id"].string
        for key in ["a", "b"] {
            #expect(
                try await fixture.send(.put, "/context-variables/\(variable)/\(key)", #"{"data": 7}"#).status == 200)
        }
        #expect(try await fixture.send(.delete, "/customers/a?cascade=true").status == 204)
        #expect(try await fixture.send(.get, "/context-variables/\(variable)/a").status == 404)
        #expect(try await fixture.send(.get, "/context-variables/\(variable)/b").status == 200)
        #expect(
            try await fixture.send(.get, "/sessions").value.elements.map { try $0["customer_id"].string } == ["b"])
        #expect(try await fixture.send(.delete, "/customers/a?cascade=true").status == 404)
        _ = try await fixture.newSession()
        #expect(try await fixture.send(.delete, "/customers/guest?cascade=true").status == 409)
        #expect(try await fixture.send(.get, "/sessions").value.elements.count == 2)
    }
}
