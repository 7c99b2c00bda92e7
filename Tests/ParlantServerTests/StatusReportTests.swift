import ParlantCore
import Testing

@testable import ParlantServer

@Suite("parlant-runtime status")
struct StatusReportTests {
    private struct Transport: HTTPTransport {
        var result: Result<HTTPExchangeReply, HTTPTransportError>
        var headers: [HTTPHeader] = []
        func exchange(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeReply {
            #expect(request.url == "http://127.0.0.1:8800/healthz")
            #expect(request.headers == headers)
            return try result.get()
        }
    }

    private func report(_ body: String, _ address: String = "http://127.0.0.1:8800/") async -> StatusReport {
        await StatusReport.ask(
            address, through: Transport(result: .success(HTTPExchangeReply(status: 200, body: Array(body.utf8)))))
    }

    @Test("lists the bundles with their generations, and exits with 0")
    func healthy() async {
        let report = await report(
            """
            {"status":"healthy","checks":{"event_loop":{"status":"healthy","latency_ms":0.1},"scripts":{"status":"healthy",
            "bundles":[{"name":"bank","kind":"agent","generation":3},{"name":"maps","kind":"plugin","generation":1}],
            "problems":[]}}}
            """)
        #expect(report.text == "healthy\nagent bank: generation 3\nplugin maps: generation 1")
        #expect(report.exitCode == 0)
    }

    @Test("shows the problems of a change as the log does, and exits with 1")
    func degraded() async {
        let report = await report(
            """
            {"status":"degraded","checks":{"event_loop":{"status":"degraded","latency_ms":900},"scripts":{"status":"degraded",
            "bundles":[{"name":"bank","kind":"agent","generation":3},{"name":"new","kind":"agent"}],
            "problems":[{"bundle":"bank","file":"agents/bank.lua","line":4,"text":"unexpected symbol near '='"},
            {"bundle":"new","file":"agents/new.lua","text":"returns nothing; end the file with 'return agent'"}]}}}
            """)
        #expect(
            report.text == """
                degraded
                event_loop: degraded
                agent bank: generation 3, a change has problems
                agent new: not started, a change has problems
                agents/bank.lua:4: unexpected symbol near '='
                agents/new.lua: returns nothing; end the file with 'return agent'
                """)
        #expect(report.exitCode == 1)
    }

    @Test("brings the token, and without it says what to set for the details")
    func token() async {
        let short = Array(#"{"status":"degraded","checks":{"scripts":{"status":"degraded"}}}"#.utf8)
        let with = Transport(
            result: .success(HTTPExchangeReply(status: 200, body: short)),
            headers: [HTTPHeader("authorization", "Bearer 0123456789abcdef")])
        let report = await StatusReport.ask("http://127.0.0.1:8800", token: "0123456789abcdef", through: with)
        #expect(report.text == "degraded\nscripts: degraded; for more, set PARLANT_API_TOKEN to the server's token")
        #expect(report.exitCode == 1)
    }

    @Test("says when nobody answers, or somebody else, and exits with 2")
    func noServer() async {
        let refused = Transport(result: .failure(HTTPTransportError(.refused, "127.0.0.1:8800 refused the connection")))
        let nobody = await StatusReport.ask("http://127.0.0.1:8800", through: refused)
        #expect(
            nobody.text == "http://127.0.0.1:8800: 127.0.0.1:8800 refused the connection; is the server running there?")
        #expect(nobody.exitCode == 2)
        let other = await report("<html>")
        #expect(other.text == "http://127.0.0.1:8800: answers, but is no parlant-runtime")
        #expect(other.exitCode == 2)
        #expect(await report("{\"status\":\"unhealthy\"}").exitCode == 2)
    }
}
