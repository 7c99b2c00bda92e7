import ParlantCore
import Testing

@Suite("Who is remembered")
struct MemoryUseTests {
    private func use(
        agent: MemoryUse = MemoryUse(remember: true, recall: true), customer: CustomerID = "ann",
        metadata: JSONObject = [:]
    ) -> MemoryUse {
        let moment = Timestamp(microseconds: 0)
        return MemoryUse(
            of: Agent(id: "a", name: "A", memory: agent),
            in: Session(id: "s", agentID: "a", customerID: customer, createdAt: moment, metadata: metadata))
    }

    @Test("nobody, unless the agent says so")
    func off() {
        #expect(Agent(id: "a", name: "A").memory == MemoryUse(remember: false, recall: false))
        #expect(use() == MemoryUse(remember: true, recall: true))
    }

    @Test("never the guest, whatever the agent and the session say")
    func guest() {
        let wish: JSONObject = ["memory": ["remember": true, "recall": true]]
        #expect(use(customer: "guest", metadata: wish) == MemoryUse())
    }

    @Test(
        "a session's metadata go before the agent, each member by itself; what is neither yes nor no is a no",
        arguments: [
            (["memory": ["remember": false]], false, true), (["memory": ["recall": false]], true, false),
            (["memory": false], false, false), (["memory": true], false, false), (["memory": nil], true, true),
            (["memory": ["remember": "yes"]], false, true), (["memory": [:]], true, true),
        ] as [([String: JSONValue?], Bool, Bool)])
    func session(metadata: [String: JSONValue?], remember: Bool, recall: Bool) {
        let metadata = JSONObject(uniqueKeysWithValues: metadata.map { ($0.key, $0.value ?? .null) })
        #expect(use(metadata: metadata) == MemoryUse(remember: remember, recall: recall))
    }

    @Test("a session can want what the agent does not")
    func wanted() {
        #expect(
            use(agent: MemoryUse(), metadata: ["memory": ["remember": true]])
                == MemoryUse(remember: true, recall: false))
    }
}
