import Logging
import ParlantCore

/// Joins the bundles that run together.
struct LoadedBundles {
    let generations: [BundleGeneration]
    /// Names of plugins in the order in which their hooks run; nil: the order of ``generations``.
    let pluginOrder: [String]?
    let settings: [String: BundleSettings]
    let limits: ScriptLimits
    let clock: any TimeSource
    let defects: DefectLog
    let logger: Logger
    let warnings: [String]

    /// Agents and customers that two bundles define. The same line of shared code is one definition.
    static func duplicates(in bundles: [LoadedBundle]) -> [LoadProblem] {
        var problems: [LoadProblem] = []
        var agents: [AgentID: String] = [:]
        var customers: [CustomerID: BundleContents.CustomerContents] = [:]
        for loaded in bundles {
            let name = loaded.bundle.name
            for agent in loaded.contents.agents.map(\.agent) {
                if let other = agents[agent.id], other != name {
                    let text =
                        "agent \(Wording.quote(agent.id.rawValue)): \(Wording.usedAlready(at: "bundle \(other)"))"
                    problems.append(LoadProblem(bundle: name, file: loaded.bundle.mainFile, line: nil, message: text))
                }
                agents[agent.id] = name
            }
            for customer in loaded.contents.customers {
                if let other = customers[customer.id], other.location != customer.location {
                    let place = Wording.usedAlready(at: "\(other.location)")
                    problems.append(
                        LoadProblem(
                            bundle: name, file: customer.location.file, line: customer.location.line,
                            message: "customer \(Wording.quote(customer.id.rawValue)): \(place)"))
                }
                customers[customer.id] = customer
            }
        }
        return problems
    }

    /// The catalog.
    func scripts() -> LoadedScripts {
        var tagNames = OrderedSet<String>()
        var snapshots = OrderedDictionary<AgentID, AgentSnapshot>()
        var customers = OrderedDictionary<CustomerID, BundleContents.CustomerContents>()
        var plugins = OrderedDictionary<String, PluginFunctions>()
        let redactor = Redactor(secrets: settings.values.flatMap(\.secrets))
        let calls = generations.map { functionCalls(of: $0, redactor) }
        let hooked = withHooks(calls)
        for (generation, calls) in zip(generations, calls) {
            let contents = generation.contents
            tagNames.append(contentsOf: contents.tagNames)
            for customer in contents.customers { customers[customer.id] = customer }
            if generation.bundle.kind == .plugin {
                plugins[generation.name] = PluginFunctions(
                    generation, settings: settings[generation.name] ?? BundleSettings(), redactor: redactor,
                    limits: limits.of(generation.name), clock: clock, defects: defects)
            }
            for agent in contents.agents {
                let hooks = HookChain(of: hooked, then: agent.hooks, of: agent.agent.id)
                snapshots[agent.agent.id] = AgentSnapshot(
                    agent: agent.agent, guidelines: agent.guidelines,
                    tools: contents.tools.filter { agent.tools.contains($0.key) },
                    cannedResponses: agent.cannedResponses, agentCannedResponses: agent.agentCannedResponses,
                    terms: agent.terms, variables: agent.variables, variableValues: agent.variableValues,
                    journeys: agent.journeys, triggers: agent.triggers, retrievers: agent.retrievers,
                    relationships: agent.relationships, hooks: agent.hooks,
                    handlers: ScriptHandlers(calls: calls, hooks: hooks), generation: generation.number)
            }
        }
        return LoadedScripts(
            tagNames: Array(tagNames), summary: summary(), snapshots: snapshots, customers: Array(customers.values),
            plugins: plugins)
    }

    private func functionCalls(of generation: BundleGeneration, _ redactor: Redactor) -> FunctionCalls {
        FunctionCalls(
            generation: generation, settings: settings, redactor: redactor, limits: limits.of(generation.name),
            clock: clock, defects: defects, logger: logger)
    }

    /// The plugins that have hooks, in the order in which these run.
    private func withHooks(_ calls: [FunctionCalls]) -> [FunctionCalls] {
        let plugins = calls.filter { $0.generation.contents.plugin?.hooks.isEmpty == false }
        guard let pluginOrder else { return plugins }
        return OrderedSet(pluginOrder).compactMap { name in plugins.first { $0.generation.name == name } }
    }

    private func summary() -> LoadSummary {
        LoadSummary(
            bundles: generations.map(\.loaded).map { loaded in
                LoadSummary.BundleSummary(
                    name: loaded.bundle.name, isPlugin: loaded.bundle.kind == .plugin,
                    version: loaded.contents.plugin?.version,
                    agents: loaded.contents.agents.map(\.agent.name),
                    guidelines: loaded.contents.agents.reduce(0) { $0 + $1.guidelines.count },
                    journeys: loaded.contents.agents.reduce(0) { $0 + $1.journeys.count },
                    tools: loaded.contents.tools.keys.count { $0.service == loaded.bundle.name })
            },
            warnings: warnings)
    }
}
