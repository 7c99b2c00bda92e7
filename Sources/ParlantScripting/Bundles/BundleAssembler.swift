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
    /// Numbers of the journeys that an agent has.
    private var attached: Set<Int> = []
    /// Relations that became some agent's.
    private var said: Set<AgentAssembler.Said> = []

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
            case .plugin: add(plugin: definition)
            default: break
            }
        }
        reportUnattached()
        reportForeign()
        return contents
    }

    // MARK: Between definitions

    /// What an agent consists of is compared by ``AgentAssembler``.
    private func reportDuplicates() {
        let whole = definitions.filter { !$0.kind.isPart && $0.kind != .tag && !$0.id.isEmpty }
        recorder.reportDuplicates(of: whole) { definition in
            "\(definition.kind.rawValue) \(definition.kind == .tool ? definition.bundle : "") \(definition.id)"
        }
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

    private mutating func add(tool definition: Definition) {
        let id = definition.toolID
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
                id: CustomerID(definition.id), name: definition.text("name") ?? "", about: definition.text("about"),
                documents: documents(of: definition), metadata: definition.json("metadata"),
                tagNames: recorder.tags(of: definition).map(\.rawValue), location: definition.location))
    }

    /// The documents of a customer. Their ids stay the same however often they are made.
    private func documents(of definition: Definition) -> [Document] {
        (definition.fields["documents"]?.items ?? []).enumerated().map { index, item in
            let fields = Dictionary(
                (item.fields ?? []).map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
            let parts = fields["content"]?.items?.compactMap(\.text)
            let text = fields["content"]?.text ?? ""
            let content: Document.Content = parts.map { .parts($0) } ?? .text(text)
            return Document(
                id: DocumentID(DerivedID.uuid("document", definition.id, "\(index)")),
                owner: .customer(CustomerID(definition.id)), title: fields["title"]?.text ?? "", content: content,
                metadata: fields["metadata"].flatMap { JSONValue($0) }?.object ?? [:])
        }
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

    private mutating func add(plugin definition: Definition) {
        let name = definition.id
        var plugin = BundleContents.PluginContents(
            name: name, version: definition.text("version"), description: definition.text("description"))
        if !name.isEmpty, name != bundle.name {
            recorder.note("\(definition.label): \(Wording.pluginName(name, bundle.name))", at: definition.location)
        }
        for field in ["load", "unload", "save"] {
            contents.functions[.plugin(name, field)] = definition.function(field)
        }
        for group in ["hooks", "nlp", "customer_store"] {
            for field in definition.record(group) {
                contents.functions[.plugin(name, "\(group) \(field.key)")] = field.value.function
            }
        }
        plugin.hooks = Set(definition.record("hooks").compactMap { HookStep(rawValue: $0.key) })
        func number(_ group: String, _ field: String) -> Double? {
            definition.record(group).first { $0.key == field }?.value.double
        }
        if let tokens = number("nlp", "max_tokens"), let dimensions = number("nlp", "dimensions") {
            plugin.languageModel = .init(maxTokens: Int(tokens), dimensions: Int(dimensions))
        }
        if definition.fields["customer_store"] != nil {
            let seconds = min(number("customer_store", "cache_seconds") ?? 0, 86400)
            plugin.customerStore = .init(cache: .seconds(seconds))
        }
        contents.plugin = plugin
        add(settings: definition)
    }

    // MARK: Agents

    private mutating func add(agent definition: Definition) {
        add(settings: definition)
        var assembler = AgentAssembler(definition, recorder)
        contents.agents.append(assembler.assemble())
        contents.functions.merge(assembler.functions) { _, last in last }
        contents.handles.merge(assembler.handles) { _, last in last }
        attached.formUnion(assembler.journeys.map(\.number))
        said.formUnion(assembler.said)
    }

    /// Journeys that no agent has, unless they are shared code of which an agent takes what it needs.
    private func reportUnattached() {
        for journey in definitions
        where journey.kind == .journey && !attached.contains(journey.number) && journey.bundle == bundle.name
            && !ScriptSources.isShared(journey.location.file)
        {
            recorder.note("\(journey.label): \(JourneyWording.notAttached)", at: journey.location)
        }
    }

    /// Relations between things that no one agent has together.
    private func reportForeign() {
        for (index, statement) in recorder.statements.enumerated() {
            guard case .relation(let verb, let targets) = statement.content,
                let subject = recorder.definition(statement.subject), isInUse(subject)
            else { continue }
            for (position, target) in targets.enumerated()
            where !said.contains(AgentAssembler.Said(statement: index, target: position)) {
                guard let definition = recorder.definition(target.handle), isInUse(definition) else { continue }
                let text = VerbWording.target(position + 1, VerbWording.foreign(definition.label))
                recorder.note("\(subject.label): \(verb.rawValue): \(text)", at: statement.location)
            }
        }
    }

    /// Whether it is not part of a journey that no agent has.
    private func isInUse(_ definition: Definition) -> Bool {
        if definition.kind == .journey { return attached.contains(definition.number) }
        guard let owner = definition.owner, definitions.indices.contains(owner) else { return true }
        return isInUse(definitions[owner])
    }
}
