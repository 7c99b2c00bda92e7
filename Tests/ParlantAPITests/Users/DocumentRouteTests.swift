import HTTPTypes
import ParlantCore
import Testing

@testable import ParlantAPI

@Suite("Documents of users and agents")
struct DocumentRouteTests {
    private let fixture: Fixture

    init() {
        var limits = APILimits()
        limits.metadataBytes = 100
        limits.knowledge.contentBytes = 40
        limits.knowledge.partCount = 3
        limits.knowledge.documentCount = 3
        limits.knowledge.ownerBytes = 60
        fixture = Fixture(limits: limits)
    }

    private func user(_ name: String = "N") async throws -> String {
        try await fixture.send(.post, "/users", #"{"name": "\#(name)"}"#).value["id"].string
    }

    private func document(_ title: String, _ content: String = "text") -> String {
        #"{"title": "\#(title)", "content": "\#(content)", "metadata": {"kind": "\#(title)"}}"#
    }

    private func titles(_ uri: String) async throws -> [String] {
        try await fixture.send(.get, uri).value["items"].elements.map { try $0["title"].string }
    }

    @Test("a document is created, listed and deleted, for a user and for an agent", arguments: ["users", "agents"])
    func life(owners: String) async throws {
        let path = owners == "users" ? "/users/\(try await user())/docs" : "/agents/strict%20one/docs"
        let made = try await fixture.send(.post, path, document("A"))
        #expect(made.status == 201)
        let id = try made.value["id"].string
        let moment = try made.value["created_at"].string
        #expect(made.text == #"{"id":"\#(id)","created_at":"\#(moment)","jobs":[]}"#)
        let list = try await fixture.send(.get, path)
        #expect(
            list.text
                == #"{"items":[{"id":"\#(id)","title":"A","content":"text","created_at":"\#(moment)","#
                + #""metadata":{"kind":"A"}}]}"#)
        let deleted = try await fixture.send(.delete, "\(path)/\(id)")
        #expect(deleted.status == 202)
        #expect(try deleted.value["id"].string == id)
        #expect(try await titles(path) == [])
        #expect(try await fixture.send(.delete, "\(path)/\(id)").status == 404)
    }

    @Test("no more documents are kept than may be, whoever creates them at once", arguments: 0..<5)
    func atOnce(_ round: Int) async throws {
        let path = "/users/\(try await user())/docs"
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<20 {
                group.addTask { try await fixture.send(.post, path, document("D\(number)")).status }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let kept = try await titles(path).count
        #expect(kept <= 3)
        #expect(statuses.count { $0 == 201 } == kept)
        #expect(Set(statuses).isSubset(of: [201, 409]))
    }

    @Test("nobody sees or deletes the documents of somebody else")
    func owners() async throws {
        let (ann, bob) = (try await user(), try await user())
        let id = try await fixture.send(.post, "/users/\(ann)/docs", document("A")).value["id"].string
        for path in ["/users/\(bob)/docs", "/agents/bank/docs"] {
            #expect(try await titles(path) == [])
            #expect(try await fixture.send(.delete, "\(path)/\(id)").status == 404)
        }
        #expect(try await titles("/users/\(ann)/docs") == ["A"])
    }

    @Test("lists are filtered, sorted and cut like those of users")
    func list() async throws {
        let path = "/users/\(try await user())/docs"
        for title in ["A", "B", "C"] { try await fixture.send(.post, path, document(title)) }
        #expect(try await titles(path) == ["C", "B", "A"])
        #expect(try await titles("\(path)?order=asc&sort_by=updated_at") == ["A", "B", "C"])
        #expect(try await titles("\(path)?limit=1&offset=1") == ["B"])
        #expect(try await titles("\(path)?metadata_filter=%7B%22kind%22:%22A%22%7D") == ["A"])
        #expect(try await fixture.send(.get, "\(path)?metadata_filter=x").status == 422)
    }

    @Test("a filter takes texts by their bytes")
    func exactFilter() async throws {
        let path = "/users/\(try await user())/docs"
        try await fixture.send(.post, path, document("e\u{301}"))
        #expect(try await titles("\(path)?metadata_filter=%7B%22kind%22:%22e%CC%81%22%7D") == ["e\u{301}"])
        #expect(try await titles("\(path)?metadata_filter=%7B%22kind%22:%22%C3%A9%22%7D") == [])
    }

    @Test("those who are not there have no documents, and the guest neither")
    func strangers() async throws {
        for path in ["/users/nobody/docs", "/users/guest/docs", "/agents/nobody/docs"] {
            #expect(try await fixture.send(.post, path, document("A")).status == 404)
            #expect(try await fixture.send(.get, path).status == 404)
            #expect(try await fixture.send(.delete, "\(path)/x").status == 404)
        }
        #expect(try await fixture.services.entities.knowledge.documents.list().isEmpty)
    }

    @Test("what is too large or too much is refused with a remedy, and nothing is stored")
    func limits() async throws {
        let path = "/users/\(try await user())/docs"
        let text = String(repeating: "x", count: 41)
        for (body, status, sentence) in [
            (document("A", text), 413, "The content of a document is larger than 40 bytes; send less."),
            (#"{"title": "A", "content": ["a", "b", "c", "d"]}"#, 422, "more than 3 texts; join some"),
            (
                #"{"title": "A", "content": "", "metadata": {"x": "\#(text)\#(text)\#(text)"}}"#, 413,
                "metadata is larger"
            ),
        ] {
            let answer = try await fixture.send(.post, path, body)
            #expect(answer.status == status && answer.text.contains(sentence), "\(answer.text)")
        }
        try await fixture.send(.post, path, document("A", String(text.dropLast())))
        let large = try await fixture.send(.post, path, document("B", String(text.prefix(21))))
        #expect(large.status == 409 && large.text.contains("would be larger than 60 bytes; delete some first"))
        for title in ["B", "C"] { #expect(try await fixture.send(.post, path, document(title)).status == 201) }
        let many = try await fixture.send(.post, path, document("D", ""))
        #expect(many.status == 409 && many.text.contains("more than 3 documents; delete some first"))
        #expect(try await titles(path) == ["C", "B", "A"])
    }

    @Test("documents of an agent that is deleted go with it")
    func deletedAgent() async throws {
        let agent = try await fixture.send(.post, "/agents", #"{"name": "Temp"}"#).value["id"].string
        try await fixture.send(.post, "/agents/\(agent)/docs", document("A"))
        #expect(try await fixture.send(.delete, "/agents/\(agent)").status == 204)
        #expect(try await fixture.services.entities.knowledge.documents.list().isEmpty)
    }
}
