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

    @Test("where things are kept, when that is not memory")
    func stores() {
        var plan = StorePlan(all: .sqlite("a.db"), customers: .plugin("crm"), variables: .memory)
        let report = StartupReport(scripts: "agents: 1", languageModel: "offline", stores: plan.summary)
        #expect(
            report.text(address: "127.0.0.1", port: 8800).contains(
                "\nstores: sqlite:a.db, customers in plugin:crm, variables in memory\nlistening"))
        plan = StorePlan(customers: .store(.memory), sessions: .sqlite(nil))
        #expect(plan.summary == "memory, sessions in sqlite")
        #expect(StorePlan().summary == nil)
    }

    @Test("moderation rules are counted")
    func rules() {
        let report = StartupReport(scripts: "agents: 1", languageModel: "offline", moderationPatterns: 2)
        #expect(
            report.text(address: "h", port: 1).contains(
                "language model: offline\nmoderation: 2 patterns of the configuration file\nlistening"))
    }

    @Test("an IPv6 address is in brackets, as browsers want it")
    func ipv6() {
        let text = StartupReport(scripts: "", languageModel: "").text(address: "::1", port: 1)
        #expect(text.contains("http://[::1]:1\n"))
    }
}
