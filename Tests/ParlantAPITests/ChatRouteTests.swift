import Foundation
import HTTPTypes
import ParlantAPI
import Testing

@Suite("A web page beside the API")
final class ChatRouteTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "chat-\(UUID().uuidString)")
    private let fixture: Fixture

    init() throws {
        for (name, text) in [
            ("site/index.html", "<html>"), ("site/assets/app.js", "run()"), ("site/assets/Ä b.css", "p {}"),
            ("site/assets/raw", "?"), ("site/.env", "secret"), ("site/docs/index.html", "<html>docs"),
            ("outside.txt", "secret"),
        ] {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let site = folder.appending(path: "site")
        try FileManager.default.createSymbolicLink(
            at: site.appending(path: "link.txt"), withDestinationURL: folder.appending(path: "outside.txt"))
        var fixture = Fixture()
        fixture.services.chat = try WebFolder(site.path)
        self.fixture = fixture
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test(
        "has its files under /chat/ with their types",
        arguments: [
            ("/chat/", "<html>", "text/html; charset=utf-8"),
            ("/chat/index.html", "<html>", "text/html; charset=utf-8"),
            ("/chat/?agent=1", "<html>", "text/html; charset=utf-8"),
            ("/chat/docs/", "<html>docs", "text/html; charset=utf-8"),
            ("/chat/assets/app.js", "run()", "text/javascript; charset=utf-8"),
            ("/chat/assets/%C3%84%20b.css", "p {}", "text/css; charset=utf-8"),
            ("/chat/assets/raw", "?", "application/octet-stream"),
        ])
    func files(path: String, text: String, type: String) async throws {
        let answer = try await fixture.send(.get, path)
        #expect(answer.status == 200)
        #expect(answer.text == text)
        #expect(answer.header("content-type") == type)
        #expect(answer.header("cache-control") == "no-cache")
        #expect(answer.header("x-content-type-options") == "nosniff")
    }

    @Test("is where / leads to", arguments: ["/", "/chat"])
    func redirect(path: String) async throws {
        let answer = try await fixture.send(.get, path)
        #expect(answer.status == 307)
        #expect(answer.header("location") == "/chat/")
    }

    @Test("is not sent again to a browser that has it")
    func unchanged() async throws {
        let tag = try #require(try await fixture.send(.get, "/chat/").header("etag"))
        for known in [tag, "\"other\", W/\(tag)", "*"] {
            let answer = try await fixture.send(.get, "/chat/", headers: [.ifNoneMatch: known])
            #expect(answer.status == 304)
            #expect(answer.text.isEmpty)
            #expect(answer.header("etag") == tag)
        }
        #expect(try await fixture.send(.get, "/chat/", headers: [.ifNoneMatch: "\"other\""]).status == 200)
        #expect(try await fixture.send(.get, "/chat/assets/app.js", headers: [.ifNoneMatch: tag]).status == 200)
    }

    @Test(
        "has nothing but its own files",
        arguments: [
            "/chat/none.js", "/chat/assets", "/chat/assets/", "/chat/.env", "/chat/link.txt", "/chat/../outside.txt",
            "/chat/%2e%2e/outside.txt", "/chat/..%2Foutside.txt", "/chat//index.html", "/chat/assets/%00", "/chats/",
        ])
    func nothingElse(path: String) async throws {
        let answer = try await fixture.send(.get, path)
        #expect(answer.status == 404)
        #expect(answer.text == #"{"detail":"Not Found"}"#)
    }

    @Test("is read only, and leaves the API where it was")
    func methods() async throws {
        let answer = try await fixture.send(.post, "/chat/", "{}")
        #expect(answer.status == 405)
        #expect(answer.header("allow") == "GET, HEAD")
        let head = try await fixture.send(.head, "/chat/assets/app.js")
        #expect((head.status, head.text) == (200, ""))
        #expect(try await fixture.send(.get, "/tags").status == 200)
    }

    @Test("is not there unless it was asked for", arguments: ["/chat", "/chat/"])
    func absent(path: String) async throws {
        #expect(try await Fixture().send(.get, path).status == 404)
    }

    @Test("a folder that cannot be served is refused with the reason")
    func unusable() throws {
        func message(_ name: String, _ limits: WebFolder.Limits = .init()) -> String? {
            let path = folder.appending(path: name).path
            let error = #expect(throws: WebFolder.Unusable.self) { try WebFolder(path, limits: limits) }
            return error.map { String($0.message.dropFirst(path.count)) }
        }
        #expect(message("none") == ": there is no such folder; check the path given with --chat")
        #expect(message("outside.txt") == ": there is no such folder; check the path given with --chat")
        #expect(message("site/assets") == ": there is no index.html; name the folder with the built page")
        var few = WebFolder.Limits()
        few.files = 2
        #expect(message("site", few)?.hasPrefix(": holds more than 2 files or 64 MiB;") == true)
        var small = WebFolder.Limits()
        small.bytes = 10
        #expect(message("site", small)?.hasPrefix(": holds more than 2000 files or 0 MiB;") == true)
    }
}
