import HTTPTypes
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantAPI

@Suite("/users")
struct UserRouteTests {
    private let fixture = Fixture()

    @discardableResult
    private func make(_ body: String) async throws -> String {
        let answer = try await fixture.send(.post, "/users", body)
        #expect(answer.status == 201, "\(answer.text)")
        return try answer.value["id"].string
    }

    private func names(_ query: String = "") async throws -> [String] {
        try await fixture.send(.get, "/users\(query)").value["items"].elements.map { try $0["name"].string }
    }

    @Test("a user is created with text, documents and metadata, and read back as it was given")
    func create() async throws {
        let answer = try await fixture.send(
            .post, "/users",
            #"{"name": "Ann", "about": "A 25 year old man.", "metadata": {"db_uuid": "1234", "n": [1, null]},"#
                + #" "docs": [{"title": "A", "content": "one", "metadata": {"page": 1}},"#
                + #" {"title": "B", "content": ["two", "three"]}]}"#)
        #expect(answer.status == 201)
        let id = try answer.value["id"].string
        let moment = try answer.value["created_at"].string
        #expect(answer.text == #"{"id":"\#(id)","created_at":"\#(moment)","jobs":[]}"#)
        #expect(id == "00000000-0000-4000-8000-000000000001")
        let read = try await fixture.send(.get, "/users/\(id)")
        #expect(
            read.text
                == #"{"id":"\#(id)","name":"Ann","about":"A 25 year old man.","created_at":"\#(moment)","#
                + #""updated_at":"\#(moment)","metadata":{"db_uuid":"1234","n":[1,null]}}"#)
        let docs = try await fixture.send(.get, "/users/\(id)/docs?order=asc").value["items"].elements
        #expect(try docs.map { try $0["content"].json } == ["one", ["two", "three"]])
        #expect(try docs.map { try $0["metadata"].json } == [["page": 1], [:]])
    }

    @Test("nothing at all is enough for a user")
    func defaults() async throws {
        let user = try await fixture.send(.get, "/users/\(try await make("{}"))").value
        #expect(try user["name"].string == "User")
        #expect(try user["about"].string == "")
        #expect(try user["metadata"].json == [:])
    }

    @Test("users and customers are the same, seen twice; the guest is a customer only")
    func twoViews() async throws {
        let id = try await make(#"{"name": "Ann", "about": "Tall.", "metadata": {"n": 1}}"#)
        let customer = try await fixture.send(.get, "/customers/\(id)").value
        #expect(try customer["about"].string == "Tall.")
        #expect(try customer["metadata"].json == ["n": "1"])
        try await fixture.send(.post, "/customers", #"{"id": "usr 7", "name": "Bob"}"#)
        #expect(try await fixture.send(.get, "/users/usr%207").value["id"].string == "usr 7")
        #expect(try await names() == ["Bob", "Ann"])
        #expect(try await fixture.send(.get, "/users/guest").status == 404)
        #expect(try await fixture.send(.patch, "/users/guest", #"{"about": "x"}"#).status == 404)
        #expect(try await fixture.send(.delete, "/users/guest").status == 404)
    }

    @Test("an update changes what is given and merges metadata; a replacement leaves nothing of before")
    func update() async throws {
        let id = try await make(#"{"name": "Ann", "about": "Tall.", "metadata": {"a": 1, "b": 2}}"#)
        let before = try await fixture.send(.get, "/users/\(id)").value["updated_at"].string
        let merged = try await fixture.send(.patch, "/users/\(id)", #"{"metadata": {"b": {"c": 3}}}"#)
        #expect(merged.status == 200)
        #expect(try merged.value["updated_at"].string > before)
        var user = try await fixture.send(.get, "/users/\(id)").value
        #expect(try user["metadata"].json == ["a": 1, "b": ["c": 3]])
        #expect(try user["about"].string == "Tall.")
        #expect(try user["updated_at"].string == merged.value["updated_at"].string)
        let replaced = try await fixture.send(.put, "/users/\(id)", #"{"name": "Eve", "about": ""}"#)
        #expect(replaced.status == 200)
        user = try await fixture.send(.get, "/users/\(id)").value
        #expect(try user["name"].string == "Eve")
        #expect(try user["about"].string == "")
        #expect(try user["metadata"].json == [:])
        #expect(try await fixture.send(.put, "/users/\(id)", #"{"name": "Eve"}"#).status == 422)
        #expect(try await fixture.send(.patch, "/users/nobody", "{}").status == 404)
    }

    @Test("neither an update nor a replacement makes metadata too large")
    func tooMuchMetadata() async throws {
        var limits = APILimits()
        limits.metadataBytes = 20
        let fixture = Fixture(limits: limits)
        let made = try await fixture.send(.post, "/users", #"{"name": "Ann", "metadata": {"a": "1234567"}}"#)
        let path = "/users/\(try made.value["id"].string)"
        let before = try await fixture.send(.get, path).text
        let refused = [
            (try await fixture.send(.patch, path, #"{"name": "Eve", "metadata": {"b": "1234567"}}"#), 29),
            (
                try await fixture.send(
                    .put, path, #"{"name": "Eve", "about": "", "metadata": {"a": "123456789012345"}}"#), 23
            ),
        ]
        for (answer, count) in refused {
            #expect(answer.status == 413)
            #expect(
                try answer.value["detail"].string
                    == "The customer's metadata would have \(count) bytes of JSON, more than the limit of 20 bytes; "
                    + "remove what is not needed, or keep less.")
        }
        #expect(try await fixture.send(.get, path).text == before)
    }

    @Test("an update of nothing answers with the moment of the last change")
    func emptyUpdate() async throws {
        let id = try await make("{}")
        let before = try await fixture.send(.get, "/users/\(id)").value["updated_at"].string
        fixture.clock.advance(by: .seconds(5))
        #expect(try await fixture.send(.patch, "/users/\(id)", "{}").value["updated_at"].string == before)
    }

    @Test("lists are filtered by metadata, sorted by either moment in either direction, and cut")
    func list() async throws {
        var ids: [String] = []
        for number in 1...4 {
            ids.append(try await make(#"{"name": "U\#(number)", "metadata": {"odd": \#(number % 2 == 1)}}"#))
        }
        try await fixture.send(.patch, "/users/\(ids[1])", #"{"about": "changed"}"#)
        #expect(try await names() == ["U4", "U3", "U2", "U1"])
        #expect(try await names("?order=asc") == ["U1", "U2", "U3", "U4"])
        #expect(try await names("?sort_by=updated_at") == ["U2", "U4", "U3", "U1"])
        #expect(try await names("?limit=2&offset=1") == ["U3", "U2"])
        #expect(try await names("?offset=9") == [])
        #expect(try await names("?metadata_filter=%7B%22odd%22:true%7D") == ["U3", "U1"])
        #expect(try await names("?metadata_filter=%7B%22odd%22:%22true%22%7D") == [])
        #expect(try await names("?metadata_filter=%7B%7D&limit=1000").count == 4)
    }

    @Test("pages by cursor show everybody once, whatever is created, changed and deleted meanwhile")
    func cursor() async throws {
        var ids: [String] = []
        for number in 0..<9 { ids.append(try await make(#"{"name": "U\#(number)"}"#)) }
        var seen: [String] = []
        var query = "?limit=2"
        for round in 0..<20 {
            let page = try await fixture.send(.get, "/users\(query)").value
            seen += try page["items"].elements.map { try $0["name"].string }
            guard let next = try page["next_cursor"].json.string else { break }
            query = "?limit=2&cursor=\(next)"
            try await make(#"{"name": "New"}"#)
            try await fixture.send(.patch, "/users/\(ids[round])", #"{"about": "x"}"#)
            // The last one of the page that was just read.
            try await fixture.send(.delete, "/users/\(ids[9 - seen.count])")
        }
        #expect(seen == (0..<9).reversed().map { "U\($0)" })
    }

    @Test("a query that makes no sense is refused, and says what would")
    func refusals() async throws {
        for (query, problem) in [
            ("limit=0", "greater than or equal to 1"), ("limit=1001", "less than or equal to 1000"),
            ("offset=-1", "greater than or equal to 0"), ("sort_by=name", "'created_at' or 'updated_at'"),
            ("order=up", "'asc' or 'desc'"), ("metadata_filter=%7B", "JSON decode error"),
            ("metadata_filter=%5B%5D", "valid dictionary"), ("cursor=zzz", "next_cursor of an earlier reply"),
        ] {
            let answer = try await fixture.send(.get, "/users?\(query)")
            #expect(answer.status == 422 && answer.text.contains(problem), "\(query): \(answer.text)")
        }
    }

    @Test("a user that cannot be created leaves nothing, its documents neither")
    func allOrNothing() async throws {
        let long = String(repeating: "x", count: 201)
        for (body, status) in [
            (#"{"docs": [{"title": "A", "content": "a"}, {"title": "\#(long)", "content": "b"}]}"#, 422),
            (#"{"docs": [{"title": "A", "content": "a"}, {"title": "B", "content": 7}]}"#, 422),
            (#"{"docs": [{"title": "A", "content": ["a", 7]}]}"#, 422), (#"{"docs": [{"title": "A"}]}"#, 422),
            (#"{"docs": {"title": "A"}}"#, 422), (#"{"name": ""}"#, 422), (#"{"about": 7}"#, 422),
        ] {
            #expect(try await fixture.send(.post, "/users", body).status == status, "\(body)")
        }
        var full = fixture
        full.services.customers = FullCustomerStore()
        let refused = try await full.send(.post, "/users", #"{"docs": [{"title": "A", "content": "a"}]}"#)
        #expect(refused.status == 503)
        #expect(try await fixture.services.entities.knowledge.documents.list().isEmpty)
        #expect(try await names() == [])
    }

    @Test("a deleted user is gone with documents and memories, in both views")
    func delete() async throws {
        let id = try await make(#"{"docs": [{"title": "A", "content": "a"}]}"#)
        let other = try await make(#"{"docs": [{"title": "B", "content": "b"}]}"#)
        let knowledge = fixture.services.entities.knowledge
        try await knowledge.memories.create(Memory(id: "m1", customer: CustomerID(id), agent: "bank", content: "x"))
        let answer = try await fixture.send(.delete, "/users/\(id)")
        #expect(answer.status == 202)
        #expect(try answer.value["id"].string == id)
        #expect(try answer.value["jobs"].json == [])
        #expect(try await fixture.send(.get, "/users/\(id)").status == 404)
        #expect(try await fixture.send(.get, "/users/\(id)/docs").status == 404)
        #expect(try await fixture.send(.get, "/customers/\(id)").status == 404)
        #expect(try await knowledge.memories.list().isEmpty)
        #expect(try await knowledge.documents.list().map(\.entity.owner) == [.customer(CustomerID(other))])
    }
}

/// A store that has room for nobody.
private struct FullCustomerStore: CustomerStore {
    private var failure: StoreError {
        StoreError(.unavailable, entity: "customer", id: "", message: "the disk is full; make room")
    }

    func create(_ draft: CustomerDraft) async throws -> Customer { throw failure }
    func read(_ id: CustomerID) async throws -> Customer { throw failure }
    func list(_ query: CustomerQuery) async throws -> Page<Customer> { throw failure }
    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer { throw failure }
    func delete(_ id: CustomerID) async throws { throw failure }
}
