import LuaRuntime
import ParlantCore

/// Turns the definitions of one load into the domain's values, and reports what is wrong between them.
struct BundleAssembler {
    let bundle: Bundle
    let recorder: DefinitionRecorder
    /// Numbers of the handles that the bundle's file returned; nil when it did not come that far.
    let returned: Set<Int>?
    private let definitions: [Definition]
    private var contents = BundleContents()

    init(bundle: Bundle, recorder: DefinitionRecorder, returned: Set<Int>?) {
        self.bundle = bundle
        self.recorder = recorder
        self.returned = returned
        definitions = recorder.definitions
    }

    /// Builds everything; problems go to the recorder.
    mutating func assemble() -> BundleContents {
        reportDuplicates()
        reportUnreturned()
        for definition in definitions
        where definition.kind == .tag && definition.id != BundleContents.preambleTag.rawValue {
            contents.tagNames.append(definition.id)
        }
        for definition in definitions where definition.kind == .tool { add(tool: definition) }
        for definition in definitions where definition.bundle == bundle.name {
            switch definition.kind {
            case .agent: add(agent: definition)
            case .customer: add(customer: definition)
            case .plugin:
                contents.version = definition.text("version")
                if let name = definition.text("name"), name != bundle.name {
                    let text = Wording.pluginName(name, bundle.name)
                    recorder.note("\(definition.label): \(text)", at: definition.location)
                }
                add(settings: definition)
            default: break
            }
        }
        return contents
    }

    // MARK: Between definitions

    private func reportDuplicates() {
        var seen: [String: Definition] = [:]
        for definition in definitions where definition.kind != .tag && !definition.id.isEmpty {
            let kind = definition.kind == .observation ? EntityKind.guideline : definition.kind
            let scope = kind == .tool ? definition.bundle : definition.owner.map { String($0) } ?? ""
            let key = "\(kind.rawValue) \(scope) \(definition.id)"
            guard let other = seen[key] else {
                seen[key] = definition
                continue
            }
            let place =
                definition.location.file == other.location.file ? "line \(other.location.line)" : "\(other.location)"
            recorder.note("\(definition.label): \(Self.duplicate(definition, at: place))", at: definition.location)
        }
    }

    private static func duplicate(_ definition: Definition, at place: String) -> String {
        if definition.kind == .tool { return Wording.nameUsedAlready(at: place) }
        if definition.text("id") != nil { return Wording.usedAlready(at: place) }
        return definition.kind == .agent ? Wording.severalAgents(at: place) : Wording.sameAlready(at: place)
    }

    private func reportUnreturned() {
        guard let returned else { return }
        for definition in definitions where definition.bundle == bundle.name && !returned.contains(definition.number) {
            switch definition.kind {
            case .agent where bundle.kind == .plugin:
                recorder.note("\(definition.label): \(Wording.agentInPlugin(bundle.name))", at: definition.location)
            case .agent, .customer, .plugin:
                recorder.note("\(definition.label): \(Wording.notReturned)", at: definition.location)
            default: break
            }
        }
    }

    // MARK: Values

    private func tags(_ definition: Definition) -> OrderedSet<TagID> {
        OrderedSet(definition.handles("tags").compactMap { recorder.definition($0).map { TagID($0.id) } })
    }

    private func toolID(_ definition: Definition) -> ToolID { ToolID(service: definition.bundle, name: definition.id) }

    private mutating func add(tool definition: Definition) {
        let id = toolID(definition)
        contents.tools[id] = Tool(
            id: id, description: definition.text("description") ?? "",
            parameters: definition.parameters.map(\.parameter),
            consequential: definition.flag("consequential") ?? false,
            overlap: definition.text("overlap").flatMap(Tool.Overlap.init(rawValue:)) ?? .auto,
            timeout: .seconds(min(definition.fields["timeout"]?.double ?? 30, 86400)),
            metadata: definition.json("metadata"), location: definition.location)
        contents.functions[.tool(id, "run")] = definition.function("run")
        for parameter in definition.parameters {
            for (field, function) in parameter.functions {
                contents.functions[.tool(id, "\(field) \(parameter.parameter.name)")] = function
            }
        }
    }

    private mutating func add(customer definition: Definition) {
        contents.customers.append(
            BundleContents.CustomerContents(
                id: CustomerID(definition.id), name: definition.text("name") ?? "",
                metadata: definition.json("metadata"), tagNames: tags(definition).map(\.rawValue),
                location: definition.location))
    }

    private mutating func add(settings definition: Definition) {
        for setting in definition.parameters {
            if let other = contents.settings.first(where: { $0.parameter.name == setting.parameter.name }) {
                let name = Wording.setting(setting.parameter.name)
                recorder.note(
                    "\(definition.label): \(name): \(Wording.settingTwice) \(other.location)", at: definition.location)
                continue
            }
            contents.settings.append(
                BundleContents.Setting(
                    parameter: setting.parameter, label: definition.label, location: definition.location))
        }
    }

    private mutating func add(agent definition: Definition) {
        let agent = Agent(
            id: AgentID(definition.id), name: definition.text("name") ?? "",
            description: definition.text("description"),
            maxEngineIterations: definition.int("max_engine_iterations") ?? 3,
            compositionMode: definition.text("composition_mode").flatMap(CompositionMode.init(rawValue:)) ?? .fluid,
            outputMode: definition.text("output_mode").flatMap(Agent.OutputMode.init(rawValue:)) ?? .block,
            tags: tags(definition), location: definition.location)
        add(settings: definition)
        var whole = BundleContents.AgentContents(agent: agent)
        for part in definitions where part.owner == definition.number {
            switch part.kind {
            case .cannedResponse:
                guard let response = cannedResponse(part) else { continue }
                // A guideline before it may have offered the same text.
                whole.cannedResponses.removeAll { $0.id == response.id }
                whole.cannedResponses.append(response)
                whole.agentCannedResponses.append(response.id)
            case .guideline, .observation: add(guideline: part, to: &whole)
            default: break
            }
        }
        contents.agents.append(whole)
    }

    private func cannedResponse(_ definition: Definition) -> CannedResponse? {
        guard let template = try? CannedResponseTemplate(definition.text("template") ?? "") else { return nil }
        return CannedResponse(
            id: CannedResponseID(definition.id), template: template, signals: definition.texts("signals"),
            fieldDependencies: definition.texts("field_dependencies"), tags: tags(definition),
            metadata: definition.json("metadata"), location: definition.location)
    }

    private mutating func add(guideline definition: Definition, to whole: inout BundleContents.AgentContents) {
        let agent = whole.agent.id
        let id = GuidelineID(definition.id)
        let tools = definition.handles("tools").compactMap { recorder.definition($0).map(toolID) }
        let handlers = GuidelineHandler.allCases.filter { definition.function($0.rawValue) != nil }
        var matcher = Guideline.Matcher.condition
        if let value = definition.fields["matcher"] { matcher = value.function != nil ? .code : .always }
        whole.guidelines.append(
            Guideline(
                id: id,
                content: GuidelineContent(
                    condition: definition.text("condition"), action: definition.text("action"),
                    description: definition.text("description")),
                title: definition.text("title"),
                criticality: definition.text("criticality").flatMap(Criticality.init(rawValue:)) ?? .medium,
                priority: definition.int("priority") ?? 0, track: definition.flag("track") ?? true, matcher: matcher,
                examples: definition.texts("examples"), tools: tools,
                cannedResponses: offered(by: definition, to: &whole),
                compositionMode: definition.text("composition_mode").flatMap(CompositionMode.init(rawValue:)),
                handlers: Set(handlers), tags: tags(definition), labels: OrderedSet(definition.texts("labels")),
                metadata: definition.json("metadata"), location: definition.location))
        for tool in tools where !whole.tools.contains(tool) { whole.tools.append(tool) }
        contents.functions[.guideline(id, of: agent, "matcher")] = definition.function("matcher")
        for handler in handlers {
            contents.functions[.guideline(id, of: agent, handler.rawValue)] = definition.function(handler.rawValue)
        }
        contents.handles[FunctionKey.guideline(id, of: agent)] = LuaHandle(
            kind: definition.kind.rawValue, id: definition.number)
    }

    /// Ids of a guideline's canned responses; those that were given as text are made here.
    private func offered(
        by definition: Definition, to whole: inout BundleContents.AgentContents
    ) -> [CannedResponseID] {
        var ids: [CannedResponseID] = []
        for (index, item) in (definition.fields["canned_responses"]?.items ?? []).enumerated() {
            if let handle = item.handle, let response = recorder.definition(handle) {
                guard response.owner == definition.owner else {
                    let text = Wording.foreignCannedResponse(response.label)
                    recorder.note(
                        "\(definition.label): canned_responses[\(index + 1)]: \(text)", at: definition.location)
                    continue
                }
                ids.append(CannedResponseID(response.id))
            } else if let text = item.text, let template = try? CannedResponseTemplate(text) {
                let id = CannedResponseID(
                    DerivedID.make(whole.agent.id.rawValue, EntityKind.cannedResponse.rawValue, text))
                if !whole.cannedResponses.contains(where: { $0.id == id }) {
                    whole.cannedResponses.append(
                        CannedResponse(id: id, template: template, location: definition.location))
                }
                ids.append(id)
            }
        }
        return ids
    }
}
