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
