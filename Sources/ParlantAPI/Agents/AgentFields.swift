import ParlantCore

/// The body of POST and PATCH of an agent.
struct AgentFields: Sendable {
    private static let nameLength = 1...100

    let id: String?
    let name: String?
    let description: String?
    let maxEngineIterations: Int?
    let compositionMode: CompositionMode?
    let outputMode: Agent.OutputMode?
    let tags: TagsChange

    /// Reads the body of POST, which knows the defaults.
    init(creating body: inout FieldReader, _ limits: APILimits) {
        name = body.requiredString("name", length: Self.nameLength)
        id = body.ownID(limits)
        description = body.nonEmpty("description")
        maxEngineIterations = body.integer("max_engine_iterations", atLeast: 1)
        compositionMode = body.compositionMode() ?? .free
        outputMode = body.choice("message_output_mode", Agent.OutputMode.self)
        tags = TagsChange(replacement: body.tags())
    }

    /// Reads the body of PATCH.
    init(changing body: inout FieldReader) {
        name = body.string("name", length: Self.nameLength)
        id = nil
        description = body.nonEmpty("description")
        maxEngineIterations = body.integer("max_engine_iterations", atLeast: 1)
        compositionMode = body.compositionMode()
        outputMode = body.choice("message_output_mode", Agent.OutputMode.self)
        tags = body.tagsChange()
    }

    /// Puts what was given in its place.
    func apply(to agent: inout Agent) {
        if let name { agent.name = name }
        if let description { agent.description = description }
        if let maxEngineIterations { agent.maxEngineIterations = maxEngineIterations }
        if let compositionMode { agent.compositionMode = compositionMode }
        if let outputMode { agent.outputMode = outputMode }
        tags.apply(to: &agent.tags)
    }
}
