import ParlantCore
import ParlantScripting
import Testing

extension Customer {
    static let jane = Customer(
        id: "cust_jane", createdAt: Timestamp(microseconds: 0), name: "Jane Doe", about: "Tall.",
        metadata: ["plan": "gold", "accounts": ["checking", "savings"]])
}

extension Session {
    static let jane = Session(
        id: "s1", agentID: "x", customerID: Customer.jane.id, createdAt: Timestamp(microseconds: 0),
        metadata: ["locale": "fr"], labels: ["new"])
}

/// Calls handlers of an agent as the engine does.
struct Caller {
    var agent: AgentSnapshot
    var customer = Customer.jane
    var tags = [Tag(id: "t1", name: "vip", createdAt: Timestamp(microseconds: 0))]
    var messages = [
        InteractionMessage(role: .agent, text: "Hello", at: Timestamp(microseconds: 0)),
        InteractionMessage(role: .customer, text: "Hi there", at: Timestamp(microseconds: 1_000_000)),
    ]
    var sessionID: SessionID = "s1"
    var variables: JSONObject = ["plan": "free", "limits": ["daily": 10]]
    var toolCalls: [JSONValue] = []
    var effects = EffectRecorder()

    init(_ agent: AgentSnapshot) { self.agent = agent }

    var context: HandlerContext {
        var session = Session.jane
        session.id = sessionID
        session.agentID = agent.agent.id
        session.customerID = customer.id
        return HandlerContext(
            agent: agent.agent, customer: customer, customerTags: tags, session: session,
            interaction: Interaction(messages: messages), variables: variables, toolCalls: toolCalls,
            traceID: "trace-1", effects: effects)
    }

    /// The tool of this name.
    func tool(_ name: String) throws -> Tool {
        try #require(agent.tools.values.first { $0.id.name == name })
    }

    /// Runs the tool `t`, or the one of this name.
    func run(_ name: String = "t", _ arguments: JSONObject = [:]) async throws -> ToolOutcome {
        try await agent.handlers.run(try tool(name), arguments: arguments, in: context)
    }

    /// The data of the tool `t`, or its outcome in words.
    func data(_ name: String = "t", _ arguments: JSONObject = [:]) async throws -> JSONValue {
        switch try await run(name, arguments) {
        case .result(let result): return result.data
        case .failure(let reason): return .string("failure: \(reason)")
        case .defect(let text): return .string("defect: \(text)")
        case .invalid(let problems):
            return .string(
                "invalid: " + problems.map { $0.reason ?? "\($0.parameter.name) is missing" }.joined(separator: ", "))
        }
    }
}

extension Loader {
    /// A caller of an agent with one guideline and the tool `t`, whose function has this body. The body is at line 6.
    func caller(run body: String, parameters: String = "", before: String = "", fields: String = "") async throws
        -> Caller
    {
        let agent = try await agent(
            """
            \(before)local t = parlant.tool {
              name = "t", description = "A tool.", timeout = 3600, \(parameters) \(fields)
              run = function(ctx, args)
            \(body)
              end,
            }
            agent:guideline { id = "g", condition = "Always", action = "Use it", tools = { t } }
            """)
        return Caller(agent)
    }
}
