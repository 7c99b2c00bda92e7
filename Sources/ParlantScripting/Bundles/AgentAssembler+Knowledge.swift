import LuaRuntime
import ParlantCore

extension AgentAssembler {
    /// Adds a term.
    mutating func add(term part: Definition) {
        whole.terms.append(
            Term(
                id: TermID(part.id), name: part.text("name") ?? "", description: part.text("description") ?? "",
                synonyms: OrderedSet(part.texts("synonyms")), location: part.location))
    }

    /// Adds a variable; its values come from verbs.
    mutating func add(variable part: Definition) {
        let tool = part.fields["tool"]?.handle.flatMap { recorder.definition($0) }
        let needed = (tool?.parameters ?? []).map(\.parameter).filter { $0.required && $0.defaultValue == nil }
        if let tool, !needed.isEmpty {
            let text = VerbWording.toolNeeds(tool.id, needed.map(\.name))
            recorder.note("\(part.label): \(text)", at: part.location)
        }
        whole.variables.append(
            ContextVariable(
                id: VariableID(part.id), name: part.text("name") ?? "", description: part.text("description"),
                tool: tool?.toolID, freshness: part.text("freshness").flatMap(CronExpression.init),
                scope: scope(of: part),
                location: part.location))
        use(tool.map { [$0.toolID] } ?? [])
    }

    /// Adds a retriever.
    mutating func add(retriever part: Definition) {
        let retriever = Retriever(id: RetrieverID(part.id), scope: scope(of: part), location: part.location)
        whole.retrievers.append(retriever)
        functions[.retriever(retriever.id, of: id)] = part.function("run")
    }

    /// Values that verbs gave to the agent's variables.
    mutating func addValues() {
        let variables = Dictionary(uniqueKeysWithValues: parts.filter { $0.kind == .variable }.map { ($0.handle, $0) })
        var places: [String: SourceLocation] = [:]
        for statement in recorder.statements {
            guard case .value(let key, let data) = statement.content, let variable = variables[statement.subject] else {
                continue
            }
            let name: String
            switch key {
            case .everybody: name = VariableValue.defaultKey
            case .tag(let number): name = VariableValue.key(TagID(recorder.definitions[number].id))
            case .customer(let number): name = VariableValue.key(CustomerID(recorder.definitions[number].id))
            }
            let address = "\(variable.id) \(name)"
            if let first = places[address] {
                let verb = key == .everybody ? "set_default" : "set_for"
                let text = VerbWording.alreadySet(at: first.place(from: statement.location))
                recorder.note("\(variable.label): \(verb): \(text)", at: statement.location)
                continue
            }
            places[address] = statement.location
            whole.variableValues.append(
                VariableValue(
                    variable: VariableID(variable.id), key: name,
                    revision: DerivedID.make(variable.id, name, data.description),
                    modifiedAt: Timestamp(microseconds: 0), data: data, location: statement.location))
        }
    }

    /// Adds the handlers that were registered with `agent:on`.
    mutating func addHooks() {
        var counts: [HookStep: Int] = [:]
        for statement in recorder.statements where statement.subject == definition.handle {
            guard case .hook(let step, let function) = statement.content else { continue }
            let hook = Hook(step: step, position: counts[step, default: 0], location: statement.location)
            counts[step, default: 0] += 1
            whole.hooks.append(hook)
            functions[.hook(hook, of: id)] = function
        }
    }
}
