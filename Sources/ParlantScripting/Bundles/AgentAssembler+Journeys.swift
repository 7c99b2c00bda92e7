import LuaRuntime
import ParlantCore

extension AgentAssembler {
    /// Adds a journey that the agent attaches, with what it owns.
    mutating func add(journey part: Definition) {
        let journey = JourneyID(part.id)
        var triggers: [Guideline] = []
        var observations: Set<GuidelineID> = []
        var conditions: OrderedSet<GuidelineID> = []
        for (index, item) in (part.fields["triggers"]?.items ?? []).enumerated() {
            if let handle = item.handle, let observation = recorder.definition(handle) {
                guard has(handle) else {
                    let text = VerbWording.foreign(observation.label)
                    recorder.note("\(part.label): triggers[\(index + 1)] \(text)", at: part.location)
                    continue
                }
                observations.insert(GuidelineID(observation.id))
                conditions.append(GuidelineID(observation.id))
            } else if let text = item.text {
                let trigger = Guideline(
                    id: GuidelineID(DerivedID.make(part.id, EntityKind.observation.rawValue, text)),
                    content: GuidelineContent(condition: text, action: nil), tags: [Journey.owner(journey)],
                    location: part.location)
                if conditions.append(trigger.id).inserted { triggers.append(trigger) }
            }
        }
        let agent = id
        let handlers = keep(part) { .journey(journey, of: agent, $0) }
        let responses = parts.filter { $0.kind == .cannedResponse && $0.owner == part.number }
        let graph = graph(of: part)
        append(
            Journey(
                id: journey, title: part.text("title") ?? "", description: part.text("description") ?? "",
                conditions: conditions, compositionMode: part.compositionMode(), priority: part.int("priority") ?? 0,
                labels: OrderedSet(part.texts("labels")), tags: recorder.tags(of: part), graph: graph,
                cannedResponses: responses.map { CannedResponseID($0.id) }, handlers: handlers,
                location: part.location),
            triggers: triggers, observations: observations)
    }

    /// The functions that a table has, which are kept under the key of their field.
    private mutating func keep(_ fields: Definition, _ key: (String) -> FunctionKey) -> Set<GuidelineHandler> {
        let handlers = GuidelineHandler.allCases.filter { fields.function($0.rawValue) != nil }
        for handler in handlers { functions[key(handler.rawValue)] = fields.function(handler.rawValue) }
        return Set(handlers)
    }

    private mutating func graph(of part: Definition) -> JourneyGraph? {
        guard let start = part.text("start"), let states = part.fields["states"]?.fields else { return nil }
        let drawing = JourneyDrawing(.object([LuaField("states", .object(states))]))
        let reached = drawing.reached(from: start)
        let rest = states.map(\.key).filter { !reached.contains($0) }
        let byName = Dictionary(states.map { ($0.key, $0.value) }) { first, _ in first }
        var drawn: [JourneyState] = []
        for name in reached + rest {
            guard let fields = byName[name]?.fields else { continue }
            // A state has the fields of a definition, and none of its own place.
            var state = part
            state.fields = Dictionary(fields.map { ($0.key, $0.value) }) { first, _ in first }
            if let made = self.state(name, state, of: part) { drawn.append(made) }
        }
        return JourneyGraph(start: start, states: drawn)
    }

    private mutating func state(_ name: String, _ state: Definition, of part: Definition) -> JourneyState? {
        let path = "\(JourneyWording.state(name)): "
        let journey = JourneyID(part.id)
        guard let kind = kind(of: state, path) else { return nil }
        let offered = offered(state.fields["canned_responses"], by: part, path)
        let agent = id
        let handlers = keep(state) { .state(name, of: journey, of: agent, $0) }
        let ways = state.fields[kind == .fork ? "fork" : "next"]
        return JourneyState(
            name: name, kind: kind, next: Self.next(ways), description: state.text("description"),
            compositionMode: state.compositionMode(), cannedResponses: offered, handlers: handlers,
            labels: OrderedSet(state.texts("labels")), metadata: state.json("metadata"))
    }

    private mutating func kind(of state: Definition, _ path: String) -> JourneyState.Kind? {
        if let instruction = state.text("chat") { return .chat(instruction: instruction) }
        if state.fields["fork"] != nil { return .fork }
        if let handle = state.fields["journey"]?.handle, let other = recorder.definition(handle) {
            if !has(handle) {
                let text = JourneyWording.stateNeeds(other.label, definition.label)
                recorder.note("\(state.label): \(path)\(text)", at: state.location)
            }
            return .journey(JourneyID(other.id))
        }
        let handles = state.handles("tools") + (state.fields["tool"]?.handle.map { [$0] } ?? [])
        let tools = handles.compactMap { recorder.definition($0)?.toolID }
        use(tools)
        return tools.isEmpty ? nil : .tools(tools, instruction: state.text("instruction"))
    }

    private static func next(_ value: LuaValue?) -> JourneyNext {
        guard let value else { return .end }
        switch JourneyDrawing.target(value) {
        case .state(let name): return .always(name)
        case .end: return .end
        case nil: break
        }
        let ways = (value.items ?? []).compactMap { way -> ConditionalTransition? in
            let fields = Dictionary((way.fields ?? []).map { ($0.key, $0.value) }) { first, _ in first }
            guard let condition = fields["condition"]?.text, let to = fields["to"] else { return nil }
            switch JourneyDrawing.target(to) {
            case .state(let name): return ConditionalTransition(condition: condition, target: .state(name))
            case .end: return ConditionalTransition(condition: condition, target: .end)
            case nil: return nil
            }
        }
        return .first(ways)
    }
}
