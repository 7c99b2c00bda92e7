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
    /// Where the script defines it.
    public var location: SourceLocation?

    public init(
        id: TermID, name: String, description: String, synonyms: OrderedSet<String> = [], tags: OrderedSet<TagID> = [],
        location: SourceLocation? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.synonyms = synonyms
        self.tags = tags
        self.location = location
    }
}

public typealias TermID = Identifier<Term>
