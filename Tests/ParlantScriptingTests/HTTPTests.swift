import ParlantCore
import ParlantScripting
import Testing

@Suite("ctx.http")
struct HTTPTests {
    @Test("sends query, headers, JSON and form, and reads the reply")
    func request() async throws {
        let http = FakeTransport(
            .success(
                HTTPExchangeReply(
                    status: 404,
                    headers: [
                        HTTPHeader("Content-Type", "application/json"), HTTPHeader("X", "1"), HTTPHeader("x", "2"),
                    ],
                    body: Array("{\"days\":[1]}".utf8))))
        let caller = try await Loader(http: http).caller(
            run: """
                local query = { weeks = 2, city = "São Paulo" }
                local reply = ctx.http:get("https://api.test/days?a=1", { query = query, timeout = 3 })
                ctx.http:post("https://api.test/x", { json = { to = "Tom" }, headers = { Authorization = "Bearer k" } })
                ctx.http:put("https://api.test/y", { form = { a = "1 2", b = true } })
                ctx.http:patch("https://api.test/z", { body = "raw", headers = { ["content-type"] = "text/plain" } })
                ctx.http:delete("https://api.test/z")
                return { reply.status, reply.headers["content-type"], reply.headers.x, reply.body, reply:json().days }
                """)
        #expect(try await caller.data() == [404, "application/json", "1, 2", "{\"days\":[1]}", [1]])
        let requests = http.requests
        #expect(requests.map(\.method) == ["GET", "POST", "PUT", "PATCH", "DELETE"])
        #expect(requests[0].url == "https://api.test/days?a=1&city=S%C3%A3o%20Paulo&weeks=2")
        #expect(requests.map(\.timeout) == [.seconds(3), .seconds(10), .seconds(10), .seconds(10), .seconds(10)])
        #expect(requests[1].body == Array("{\"to\":\"Tom\"}".utf8))
        #expect(
            requests[1].headers == [
                HTTPHeader("content-type", "application/json"), HTTPHeader("Authorization", "Bearer k"),
            ])
        #expect(requests[2].body == Array("a=1%202&b=true".utf8))
        #expect(requests[3].headers == [HTTPHeader("content-type", "text/plain")])
    }

    @Test("when no reply comes, the error reads as a sentence")
    func failure() async throws {
        let loader = Loader(
            http: FakeTransport(.failure(HTTPTransportError(.timeout, "api.test did not answer within 3 s"))))
        let caller = try await loader.caller(
            run: """
                local reply, err = ctx.http:get("https://api.test/")
                ctx.log:warn("down", { error = err })
                return { reply == nil, err.kind, tostring(err), "so: " .. err, err }
                """)
        let text = "api.test did not answer within 3 s"
        #expect(try await caller.data() == [true, "timeout", .string(text), .string("so: " + text), .string(text)])
        #expect(loader.log.lines.first { $0.message == "down" }?.metadata["error"] == text)
        let reason = try await loader.caller(
            run: "local reply, err = ctx.http:get(\"https://api.test/\") return nil, err")
        #expect(try await reason.run() == .failure(reason: text))
    }

    @Test(
        "mistakes in the options are told at their line",
        arguments: [
            ("get", "{ timout = 3 }", "unknown option 'timout' (did you mean 'timeout'?)"),
            ("get", "{ timeout = 121 }", "timeout: expected a number of seconds above 0, at most 120"),
            ("get", "{ json = {} }", "json: a GET has no body; use query, or post"),
            ("post", "{ json = 1, body = \"x\" }", "give one of body, json"),
            ("post", "{ headers = { x = \"a\\r\\nHost: evil\" } }", "headers: a header cannot hold a line break"),
            ("get", "{ query = { a = {} } }", "query.a: expected a string, a number or a boolean"),
            ("get", "3", "options: expected a table with named fields"),
        ])
    func options(method: String, options: String, text: String) async throws {
        let http = FakeTransport()
        let loader = Loader(http: http)
        let caller = try await loader.caller(run: "ctx.http:\(method)(\"https://api.test/\", \(options))")
        #expect(try await caller.run() == .defect("agents/x.lua:6: ctx.http:\(method): \(text)"))
        #expect(http.requests.isEmpty)
    }
}
