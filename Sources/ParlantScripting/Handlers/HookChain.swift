import LuaRuntime
import ParlantCore

/// The handlers of each step of an agent's turns, in the order in which they run.
struct HookChain: Sendable {
    fileprivate struct Handler: Sendable {
        /// The plugin that has it; nil: the agent's own.
        var plugin: FunctionCalls?
        var key: FunctionKey
        var kind: HandlerKind
        /// Whose it is: `plugin guard`, `agent bank`.
        var owner: String

        /// What runs, for logs.
        func subject(at step: HookStep) -> String { "\(step.rawValue) of \(owner)" }
    }

    private var handlers: [HookStep: [Handler]] = [:]

    /// Joins the handlers of plugins, in the server's order, and those of an agent.
    init(of plugins: [FunctionCalls], then hooks: [Hook], of agent: AgentID) {
        for plugin in plugins {
            let name = plugin.generation.name
            for step in plugin.generation.contents.plugin?.hooks ?? [] {
                handlers[step, default: []].append(
                    Handler(
                        plugin: plugin, key: .plugin(name, "hooks \(step.rawValue)"), kind: .pluginHook,
                        owner: "plugin \(name)"))
            }
        }
        for hook in hooks {
            handlers[hook.step, default: []].append(
                Handler(
                    plugin: nil, key: .hook(hook, of: agent), kind: .hook,
                    owner: "agent \(agent)"))
        }
    }

    /// Whether anything runs at a step.
    func has(_ step: HookStep) -> Bool { handlers[step] != nil }

    /// Runs the handlers of a step until one says that the others need not. One that fails is in the log, and what it
    /// did to the text is lost.
    ///
    /// - Parameter agent: Calls the agent's own.
    /// - Throws: `CancellationError` alone.
    func run(
        _ step: HookStep, _ event: HookEvent, in context: HandlerContext, by agent: FunctionCalls
    ) async throws -> HookVerdict {
        var event = event
        for handler in handlers[step] ?? [] {
            var verdict: HookVerdict
            do {
                verdict = try await handler.run(step, event, in: context, by: handler.plugin ?? agent)
            } catch is ScriptDefect {
                continue
            }
            if verdict.decision != .next {
                verdict.decider = handler.owner
                return verdict
            }
            event.text = verdict.text
        }
        return HookVerdict(.next, text: event.text)
    }
}

extension HookChain.Handler {
    fileprivate func run(
        _ step: HookStep, _ event: HookEvent, in context: HandlerContext, by calls: FunctionCalls
    ) async throws -> HookVerdict {
        let lane = calls.lane(of: context)
        let scope = calls.scope(kind, context, subject(at: step))
        let place = calls.place(key, lane)
        return try await calls.guarded(scope, place: place) {
            let argument = LuaValue.object([
                LuaField("step", .string(step.rawValue)), LuaField("text", event.text.map(LuaValue.string) ?? .nil),
                LuaField("error", event.error.map(LuaValue.string) ?? .nil),
            ])
            let values = try await calls.call(key, argument, on: lane, scope, entry: "hook")
            let text = values.count > 1 ? values[1].text : nil
            switch values.first ?? .nil {
            case .nil: return HookVerdict(.next, text: text)
            case .string("resolve"): return HookVerdict(.resolve, text: text)
            case .string("bail"): return HookVerdict(.bail, text: text)
            case let other: throw ScriptDefect(place + HandlerWording.hookResult(other))
            }
        }
    }
}
