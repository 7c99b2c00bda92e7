import LuaRuntime
import ParlantCore

/// Turns what one agent consists of into the domain's values, and reports what is wrong between the parts.
struct AgentAssembler {
    /// One target of one statement.
    struct Said: Hashable {
        var statement: Int
        var target: Int
    }

    let recorder: DefinitionRecorder
    let definition: Definition
    /// Those that it attaches, in this order.
    let journeys: [Definition]
    /// What the agent, its journeys and their guidelines have, in the order of definition.
    let parts: [Definition]
    let id: AgentID
    var whole: BundleContents.AgentContents
    var functions: [FunctionKey: LuaFunction] = [:]
    var handles: [String: LuaHandle] = [:]
    /// Relations whose ends the agent has.
    private(set) var said: Set<Said> = []

    init(_ definition: Definition, _ recorder: DefinitionRecorder) {
        self.recorder = recorder
        self.definition = definition
        id = AgentID(definition.id)
        var numbers: [Int] = []
        for statement in recorder.statements where statement.subject == definition.handle {
            if case .attachment(let attached) = statement.content {
                numbers += attached.filter { !numbers.contains($0) }
            }
        }
        let definitions = recorder.definitions
        journeys = numbers.filter(definitions.indices.contains).map { definitions[$0] }
        var owners = Set([definition.number] + numbers)
        parts = definitions.filter { part in
            guard part.kind.isPart, let owner = part.owner, owners.contains(owner) else { return false }
            // A guideline is made before what it owns.
            owners.insert(part.number)
            return true
        }
        whole = BundleContents.AgentContents(agent: Self.agent(definition, recorder))
    }

    private static func agent(_ definition: Definition, _ recorder: DefinitionRecorder) -> Agent {
        let preamble = definition.fields["preamble"]?.fields.map { fields in
            func texts(_ name: String) -> [String] {
                fields.first { $0.key == name }?.value.items?.compactMap(\.text) ?? []
            }
            return Preamble(examples: texts("examples"), instructions: texts("instructions"))
        }
        let memory = definition.fields["memory"]?.fields ?? []
        func wants(_ name: String) -> Bool { memory.first { $0.key == name }?.value.flag ?? false }
        return Agent(
            id: AgentID(definition.id), name: definition.text("name") ?? "",
            description: definition.text("description"),
            maxEngineIterations: definition.int("max_engine_iterations") ?? 3,
            compositionMode: definition.compositionMode() ?? .fluid,
            outputMode: definition.text("output_mode").flatMap(Agent.OutputMode.init(rawValue:)) ?? .block,
            preamble: preamble, pacing: definition.text("pacing").flatMap(Pacing.init(rawValue:)),
            doubleText: definition.text("double_text").flatMap(DoubleText.init(rawValue:)) ?? .interrupt,
            memory: MemoryUse(remember: wants("remember"), recall: wants("recall")),
            tags: recorder.tags(of: definition), location: definition.location)
    }

    /// Builds everything; problems go to the recorder.
    mutating func assemble() -> BundleContents.AgentContents {
        reportDuplicates()
        for part in parts {
            switch part.kind {
            case .cannedResponse: add(cannedResponse: part)
            case .guideline, .observation: add(guideline: part)
            case .term: add(term: part)
            case .variable: add(variable: part)
            case .retriever: add(retriever: part)
            default: break
            }
        }
        for journey in journeys { add(journey: journey) }
        addValues()
        addHooks()
        let relations = RelationAssembler(agent: self)
        whole.relationships = relations.relationships
        said = relations.said
        return whole
    }

    private func reportDuplicates() {
        recorder.reportDuplicates(of: parts.filter { !$0.id.isEmpty }) { part in
            let kind = part.kind == .observation ? EntityKind.guideline : part.kind
            return "\(kind.rawValue) \(part.id)"
        }
        var places: [Int: SourceLocation] = [:]
        for statement in recorder.statements where statement.subject == definition.handle {
            guard case .attachment(let attached) = statement.content else { continue }
            for number in attached {
                if let first = places[number] {
                    let place = first.place(from: statement.location)
                    recorder.note(
                        "\(definition.label): \(JourneyWording.attachedTwice(at: place))", at: statement.location)
                }
                places[number] = places[number] ?? statement.location
            }
        }
    }

    /// Where a part of the agent counts.
    func scope(of part: Definition) -> Scope {
        guard let owner = part.owner, owner != definition.number else { return .agent }
        if let journey = journeys.first(where: { $0.number == owner }) { return .journey(JourneyID(journey.id)) }
        guard let guideline = parts.first(where: { $0.number == owner }) else { return .agent }
        return .guideline(GuidelineID(guideline.id))
    }

    /// Whether something is the agent's; tags, tools and customers are everybody's.
    func has(_ handle: LuaHandle) -> Bool {
        switch EntityKind(rawValue: handle.kind) {
        case .journey: journeys.contains { $0.number == handle.id }
        case .guideline, .observation, .cannedResponse: parts.contains { $0.number == handle.id }
        default: true
        }
    }

    /// Makes tools the agent's.
    mutating func use(_ tools: [ToolID]) {
        for tool in tools where !whole.tools.contains(tool) { whole.tools.append(tool) }
    }

    /// Adds a canned response.
    mutating func add(_ response: CannedResponse) {
        // A guideline before it may have offered the same text.
        whole.cannedResponses.removeAll { $0.id == response.id }
        whole.cannedResponses.append(response)
    }

    /// Adds a journey, its triggers, and its tag to the observations that start it.
    mutating func append(_ journey: Journey, triggers: [Guideline], observations: Set<GuidelineID>) {
        whole.journeys.append(journey)
        whole.triggers += triggers
        for index in whole.guidelines.indices where observations.contains(whole.guidelines[index].id) {
            whole.guidelines[index].tags.append(Journey.owner(journey.id))
        }
    }

    // MARK: Parts

    private mutating func add(cannedResponse part: Definition) {
        guard let template = try? CannedResponseTemplate(part.text("template") ?? "") else { return }
        let response = CannedResponse(
            id: CannedResponseID(part.id), template: template, signals: part.texts("signals"),
            fieldDependencies: part.texts("field_dependencies"), tags: recorder.tags(of: part),
            metadata: part.json("metadata"), location: part.location)
        add(response)
        if part.owner == definition.number { whole.agentCannedResponses.append(response.id) }
    }

    private mutating func add(guideline part: Definition) {
        let guideline = GuidelineID(part.id)
        let tools = part.handles("tools").compactMap { recorder.definition($0)?.toolID }
        let handlers = GuidelineHandler.allCases.filter { part.function($0.rawValue) != nil }
        var matcher = Guideline.Matcher.condition
        if let value = part.fields["matcher"] { matcher = value.function != nil ? .code : .always }
        whole.guidelines.append(
            Guideline(
                id: guideline,
                content: GuidelineContent(
                    condition: part.text("condition"), action: part.text("action"),
                    description: part.text("description")),
                title: part.text("title"),
                criticality: part.text("criticality").flatMap(Criticality.init(rawValue:)) ?? .medium,
                priority: part.int("priority") ?? 0, track: part.flag("track") ?? true, matcher: matcher,
                examples: part.texts("examples"), tools: tools,
                cannedResponses: offered(part.fields["canned_responses"], by: part, ""),
                compositionMode: part.compositionMode(), handlers: Set(handlers), tags: recorder.tags(of: part),
                labels: OrderedSet(part.texts("labels")), metadata: part.json("metadata"), scope: scope(of: part),
                location: part.location))
        use(tools)
        functions[.guideline(guideline, of: id, "matcher")] = part.function("matcher")
        for handler in handlers {
            functions[.guideline(guideline, of: id, handler.rawValue)] = part.function(handler.rawValue)
        }
        handles[FunctionKey.guideline(guideline, of: id)] = part.handle
    }

    /// Ids of the canned responses that a guideline or a state offers; those that were given as text are made here.
    ///
    /// - Parameter path: What stands before the field in problems.
    mutating func offered(_ responses: LuaValue?, by part: Definition, _ path: String) -> [CannedResponseID] {
        var ids: [CannedResponseID] = []
        for (index, item) in (responses?.items ?? []).enumerated() {
            if let handle = item.handle, let response = recorder.definition(handle) {
                guard has(handle) else {
                    let text = Wording.foreignCannedResponse(response.label)
                    recorder.note(
                        "\(part.label): \(path)canned_responses[\(index + 1)]: \(text)", at: part.location)
                    continue
                }
                ids.append(CannedResponseID(response.id))
            } else if let text = item.text, let template = try? CannedResponseTemplate(text) {
                let made = CannedResponseID(
                    DerivedID.make(id.rawValue, EntityKind.cannedResponse.rawValue, text))
                if !whole.cannedResponses.contains(where: { $0.id == made }) {
                    whole.cannedResponses.append(
                        CannedResponse(id: made, template: template, location: part.location))
                }
                ids.append(made)
            }
        }
        return ids
    }
}

extension Definition {
    /// Its identity as a tool.
    var toolID: ToolID { ToolID(service: bundle, name: id) }
}

extension DefinitionRecorder {
    /// Names of a definition's tags, as ids until the store's are known.
    func tags(of definition: Definition) -> OrderedSet<TagID> {
        OrderedSet(definition.handles("tags").compactMap { self.definition($0).map { TagID($0.id) } })
    }
}
