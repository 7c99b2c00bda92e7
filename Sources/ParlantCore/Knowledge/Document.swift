public import OrderedCollections

/// A text that an agent can look things up in: a report, a contract, notes. Its moment of creation is ``Stored``'s.
public struct Document: StoredEntity {
    public static var entityName: String { "document" }

    /// What it says: one text, or several that belong together. Comes back in the shape in which it was given.
    public enum Content: Sendable, Equatable {
        case text(String)
        case parts([String])

        /// The texts in order.
        public var texts: [String] {
            switch self {
            case .text(let text): [text]
            case .parts(let parts): parts
            }
        }
    }

    public var id: DocumentID
    /// Whose it is. Nobody else's turns see it.
    public var owner: KnowledgeOwner
    /// 1 to ``KnowledgeLimits/titleLength`` characters.
    public var title: String
    public var content: Content
    /// Whatever the integrator wants to keep with it. Values may be any JSON.
    public var metadata: JSONObject

    public init(id: DocumentID, owner: KnowledgeOwner, title: String, content: Content, metadata: JSONObject = [:]) {
        self.id = id
        self.owner = owner
        self.title = title
        self.content = content
        self.metadata = metadata
    }

    /// The owner's tag alone.
    public var tags: OrderedSet<TagID> { [owner.tag] }
}

public typealias DocumentID = Identifier<Document>
