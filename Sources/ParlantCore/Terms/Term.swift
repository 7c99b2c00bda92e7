public import OrderedCollections

/// A word of the business, explained.
public struct Term: StoredEntity {
    public static var entityName: String { "term" }

    public var id: TermID
    /// 1 to 100 characters.
    public var name: String
    public var description: String
    /// Other words for the same.
    public var synonyms: OrderedSet<String>
    public var tags: OrderedSet<TagID>

    public init(
        id: TermID, name: String, description: String, synonyms: OrderedSet<String> = [], tags: OrderedSet<TagID> = []
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.synonyms = synonyms
        self.tags = tags
    }
}

public typealias TermID = Identifier<Term>
