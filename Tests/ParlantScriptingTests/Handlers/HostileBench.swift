import Logging
import LuaRuntime
import ParlantCore
import Testing

@testable import ParlantScripting

/// An agent and a plugin whose functions all have the same hostile body, and one good tool beside them.
struct HostileBench {
    /// One of the functions: how it is called, and what the log says of it.
    struct Place: Sendable {
        /// Stands as a comment behind the function's body, so that its line is known.
        let name: String
        /// What the log calls it.
        let handler: String
        let isInPlugin: Bool
        /// What the body's context lacks.
        let lacksHTTP: Bool
        let call: @Sendable (HostileBench) async throws -> Void

        init(
            _ name: String, handler: String? = nil, isInPlugin: Bool = false, lacksHTTP: Bool = false,
            _ call: @escaping @Sendable (HostileBench) async throws -> Void
        ) {
            self.name = name
            self.handler = handler ?? name
            self.isInPlugin = isInPlugin
            self.lacksHTTP = lacksHTTP
            self.call = call
        }
    }

    let caller: Caller
    let plugin: PluginFunctions
    let log: LogRecorder
    private let files: [String: [Substring]]

    init(_ body: String) async throws {
        let loader = Loader(
            http: FakeTransport(.success(HTTPExchangeReply(status: 200, body: []))), limits: HostileTests.limits)
        let sources = ["agents/x.lua": Self.agent(body), "plugins/p.lua": Self.plugin(body)]
        let scripts = try await loader.scripts(sources)
        caller = Caller(try #require(scripts.snapshot(of: "x")))
        plugin = try #require(scripts.plugins["p"])
        log = loader.log
        files = sources.mapValues { $0.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    /// What the log says of a place at level error, without its line, which is checked.
    func complaints(about place: Place) throws -> [String] {
        let file = place.isInPlugin ? "plugins/p.lua" : "agents/x.lua"
        let index = try #require(files[file]?.firstIndex { $0.hasSuffix("-- \(place.name)") }, "\(place.name)")
        let prefix = "\(file):\(index + 1): "
        return log.lines.filter { $0.level == .error && $0.metadata["handler"] == place.handler }.map { line in
            #expect(line.message.hasPrefix(prefix), "\(place.name): \(line.message)")
            return String(line.message.dropFirst(prefix.count))
        }
    }

    static let places: [Place] = conversing + ofPlugin

    private static let conversing: [Place] = [
        Place("matcher of guideline m") { bench in
            _ = try await bench.handlers.match(bench.caller.agent.guidelines[0], in: bench.caller.context)
        },
        .notifying(.onSelected, .guideline("g")), .notifying(.onMessage, .guideline("g")),
        .fields(.guideline("g")),
        .notifying(.onSelected, .journey("j")), .notifying(.onMessage, .journey("j")),
        .notifying(.onSelected, .journeyState("j", "ask")), .notifying(.onMessage, .journeyState("j", "ask")),
        .fields(.journeyState("j", "ask")),
        Place("retriever now") { _ = try await $0.retrieve(1) },
        Place("deferred function of retriever later") { bench in
            guard case .deferred(let function) = try await bench.retrieve(0) else { return }
            _ = try await function(bench.caller.context)
        },
        Place("message_generated of agent x") { try await $0.runHooks() },
        Place("message_generated of plugin p", isInPlugin: true) { try await $0.runHooks() },
        Place("tool x:bad") { _ = try await $0.caller.run("bad") },
        Place("choices of a of tool x:chosen") { bench in
            let tool = try bench.caller.tool("chosen")
            _ = try await bench.handlers.choices(of: tool.parameters[0], of: tool, in: bench.caller.context)
        },
        Place("validate", handler: "tool x:validated") { _ = try await $0.caller.run("validated", ["a": "x"]) },
        Place("adapter", handler: "tool x:adapted") { _ = try await $0.caller.run("adapted", ["a": "x"]) },
    ]

    private static let ofPlugin: [Place] = [
        ("nlp", "generate", .provider), ("nlp", "stream", .provider), ("nlp", "embed", .provider),
        ("nlp", "moderate", .provider), ("nlp", "count_tokens", .provider),
        ("customer_store", "find", .customerStore), ("customer_store", "list", .customerStore),
        ("customer_store", "create", .customerStore), ("customer_store", "update", .customerStore),
        ("customer_store", "delete", .customerStore),
        (nil, "load", .plugin), (nil, "unload", .plugin), (nil, "save", .plugin),
    ].map(Place.ofPlugin)

    private var handlers: any AgentHandlers { caller.agent.handlers }

    private func retrieve(_ index: Int) async throws -> Retrieval? {
        try await handlers.retrieve(caller.agent.retrievers[index], in: caller.context)
    }

    private func runHooks() async throws {
        let verdict = try await handlers.runHooks(.messageGenerated, HookEvent(text: "t"), in: caller.context)
        #expect(verdict == HookVerdict(.next, text: "t"))
    }

    private static func agent(_ body: String) -> String {
        """
        local parlant = require "parlant"
        local agent = parlant.agent { name = "X", description = "An agent." }
        local good = parlant.tool { name = "good", description = "d", run = function() return 1 end }
        local bad = parlant.tool { name = "bad", description = "d",
          run = function(ctx) \(body) end, -- tool x:bad
        }
        local chosen = parlant.tool { name = "chosen", description = "d", run = function() return 1 end,
          parameters = { { name = "a", type = "string",
            choices = function(ctx) \(body) end, -- choices of a of tool x:chosen
          } },
        }
        local validated = parlant.tool { name = "validated", description = "d", run = function() return 1 end,
          parameters = { { name = "a", type = "string",
            validate = function(ctx) \(body) end, -- validate
          } },
        }
        local adapted = parlant.tool { name = "adapted", description = "d", run = function() return 1 end,
          parameters = { { name = "a", type = "string",
            adapter = function(ctx) \(body) end, -- adapter
          } },
        }
        agent:guideline { id = "m", action = "a",
          matcher = function(ctx) \(body) end, -- matcher of guideline m
        }
        agent:guideline { id = "g", condition = "c", action = "a", tools = { good, bad, chosen, validated, adapted },
          on_selected = function(ctx) \(body) end, -- on_selected of guideline g
          on_message = function(ctx) \(body) end, -- on_message of guideline g
          canned_response_fields = function(ctx) \(body) end, -- canned_response_fields of guideline g
        }
        agent:journey { id = "j", title = "J", description = "d", triggers = { "c" }, start = "ask",
          on_selected = function(ctx) \(body) end, -- on_selected of journey j
          on_message = function(ctx) \(body) end, -- on_message of journey j
          states = { ask = { chat = "Ask",
            on_selected = function(ctx) \(body) end, -- on_selected of state ask of journey j
            on_message = function(ctx) \(body) end, -- on_message of state ask of journey j
            canned_response_fields = function(ctx) \(body) end, -- canned_response_fields of state ask of journey j
          } },
        }
        agent:retriever { id = "later", run = function() return function(ctx) \(body) end \
        -- deferred function of retriever later
        end }
        agent:retriever { id = "now",
          run = function(ctx) \(body) end, -- retriever now
        }
        agent:on("message_generated",
          function(ctx) \(body) end -- message_generated of agent x
        )
        return agent
        """
    }

    private static func plugin(_ body: String) -> String {
        func functions(_ group: String, _ names: [String]) -> String {
            names.map { "\($0) = function(ctx) \(body) end, -- \(group)\($0) of plugin p" }.joined(separator: "\n")
        }
        return """
            local parlant = require "parlant"
            return parlant.plugin { name = "p", version = "1",
            \(functions("", ["load", "unload", "save"]))
            hooks = {
            \(functions("", ["message_generated"]))
            },
            nlp = { max_tokens = 10, dimensions = 2,
            \(functions("nlp.", ["generate", "stream", "embed", "moderate", "count_tokens"]))
            },
            customer_store = {
            \(functions("customer_store.", ["find", "list", "create", "update", "delete"]))
            } }
            """
    }
}

extension HostileBench.Place {
    fileprivate static func notifying(_ handler: GuidelineHandler, _ owner: HandlerOwner) -> Self {
        Self("\(handler.rawValue) of \(owner)") { bench in
            let context = bench.caller.context
            try await bench.caller.agent.handlers.notify(handler, of: owner, match: nil, in: context)
        }
    }

    fileprivate static func fields(_ owner: HandlerOwner) -> Self {
        Self("canned_response_fields of \(owner)") { bench in
            _ = try await bench.caller.agent.handlers.cannedResponseFields(of: owner, in: bench.caller.context)
        }
    }

    fileprivate static func ofPlugin(_ group: String?, _ name: String, _ kind: HandlerKind) -> Self {
        let path = [group, name].compactMap { $0 }
        let takesPieces = name == "stream"
        return Self(
            "\(path.joined(separator: ".")) of plugin p", isInPlugin: true, lacksHTTP: kind == .plugin
        ) { bench in
            let receive: @Sendable (String) async throws -> Void = { _ in }
            _ = try await bench.plugin.call(
                path.joined(separator: " "), kind, [.string("x")], receive: takesPieces ? receive : nil)
        }
    }
}
