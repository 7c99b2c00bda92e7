/// A server outside that offers tools.
public struct ToolService: StoredEntity {
    /// How it is spoken to. Raw values are the wire's.
    public enum Kind: String, Sendable, CaseIterable { case sdk, openapi, mcp }

    public static var entityName: String { "service" }

    /// Its name, which is the first half of the ids of its tools.
    public var id: Identifier<ToolService>
    public var kind: Kind
    /// Where it listens: `http://` or `https://`.
    public var url: String
    /// Where its description is; only for `openapi`.
    public var source: String?
    public var location: SourceLocation?

    public init(
        id: Identifier<ToolService>, kind: Kind, url: String, source: String? = nil, location: SourceLocation? = nil
    ) {
        self.id = id
        self.kind = kind
        self.url = url
        self.source = source
        self.location = location
    }
}
