import Testing

@testable import ParlantServer

@Suite("What the server prints at start")
struct StartupReportTests {
    @Test("scripts, language model and address, the address last")
    func lines() {
        let report = StartupReport(scripts: "agents: 1", languageModel: "offline")
        #expect(
            report.text(address: "127.0.0.1", port: 8800) == """
                parlant-runtime 0.1.0
                agents: 1
                language model: offline
                listening on http://127.0.0.1:8800

                """)
    }

    @Test("an IPv6 address is in brackets, as browsers want it")
    func ipv6() {
        let text = StartupReport(scripts: "", languageModel: "").text(address: "::1", port: 1)
        #expect(text.contains("http://[::1]:1\n"))
    }
}
