/// A function of a script that brings grounding data for the coming reply. Which function it is, the script's handlers
/// know by the id.
public struct Retriever: Sendable, Equatable {
    public var id: RetrieverID
    /// When it runs.
    public var scope: Scope
    /// Where the script defines it.
    public var location: SourceLocation?

    public init(id: RetrieverID, scope: Scope = .agent, location: SourceLocation? = nil) {
        self.id = id
        self.scope = scope
        self.location = location
    }
}

public typealias RetrieverID = Identifier<Retriever>

/// What a retriever brought.
public enum Retrieval: Sendable {
    /// Data for the coming reply; what it says about mode and lifespan means nothing.
    case result(ToolResult)
    /// A function to be called when the reply is about to be written, with a context that has
    /// ``HandlerContext/matchedGuidelines``; nil when it brings nothing. It throws as
    /// ``AgentHandlers/retrieve(_:in:)`` does. The script's function is let go when nobody holds this any more, called
    /// or not.
    case deferred(@Sendable (HandlerContext) async throws -> ToolResult?)
}
