import ParlantCore

/// What the customer is asked for when a tool cannot run.
extension [ParameterProblem] {
    /// Those that are asked for first: of the visible ones, the lowest precedence alone, equal ones together (`domain.md`
    /// 1.2, step 6). What only the context can give is never asked for: the customer could not answer.
    var foremost: [ParameterProblem] {
        let visible = filter { !$0.parameter.hidden && !($0.reason == nil && $0.parameter.source == .context) }
        guard let first = visible.map(\.parameter.precedence).min() else { return [] }
        return visible.filter { $0.parameter.precedence == first }
    }
}

extension ParameterProblem {
    /// Choices that a model is shown.
    static let choicesShown = 30

    /// What a model needs to ask for it well: the name for customers, what it is, why it is needed, what would do.
    var insight: String {
        var words = [reason == nil ? parameter.customerName : customerReason ?? parameter.customerName]
        func add(_ text: String?) {
            guard let text = text?.trimmed, !text.isEmpty else { return }
            words.append(text.hasSuffix(".") ? String(text.dropLast()) : text)
        }
        add(parameter.description)
        add(parameter.significance.map { "Why it is needed: \($0)" })
        add(allowed.map { "Allowed: \($0)" })
        if !parameter.examples.isEmpty { add("For example: \(Self.listed(parameter.examples))") }
        return words.joined(separator: ". ")
    }

    private var allowed: String? {
        guard !choices.isEmpty else { return nil }
        let more = choices.count - Self.choicesShown
        return Self.listed(choices.prefix(Self.choicesShown)) + (more > 0 ? " and \(more) more" : "")
    }

    private static func listed(_ values: some Sequence<JSONValue>) -> String {
        values.map { $0.string ?? $0.description }.joined(separator: ", ")
    }
}

extension Interaction {
    /// The same without arguments that customers must not hear of.
    func withoutHidden(_ tools: [ToolID: Tool]) -> Interaction {
        let hidden = tools.values.filter { $0.parameters.contains(where: \.hidden) }
        guard !hidden.isEmpty, !toolCalls.isEmpty else { return self }
        let names = Dictionary(
            hidden.map { ($0.id.description, $0.parameters.filter(\.hidden).map(\.name)) },
            uniquingKeysWith: { first, _ in first })
        var interaction = self
        interaction.toolCalls = toolCalls.map { call in
            guard let names = names[call["tool_id"]?.string ?? ""], var members = call.object,
                var arguments = call["arguments"]?.object
            else { return call }
            for name in names { arguments[name] = nil }
            members["arguments"] = .object(arguments)
            return .object(members)
        }
        return interaction
    }
}

extension ToolRun {
    /// The call without what customers must not hear of.
    ///
    /// - Parameter tool: The tool as it is defined; nil when it is gone.
    func withoutHidden(_ tool: Tool?) -> ToolRun {
        var run = self
        for parameter in tool?.parameters ?? [] where parameter.hidden { run.call.arguments[parameter.name] = nil }
        if case .invalid(let problems) = outcome {
            run.outcome = .invalid(problems.filter { !$0.parameter.hidden })
        }
        return run
    }
}
