/// A part of a document that answers a question.
public struct FoundPassage: Sendable, Equatable {
    public var document: DocumentID
    public var owner: KnowledgeOwner
    /// The document's title.
    public var title: String
    /// Its place among the passages of the document, counted from 1.
    public var number: Int
    public var text: String
    /// The document's metadata.
    public var metadata: JSONObject
    /// How well it answers, above 0; scores of one search compare with each other.
    public var score: Double

    public init(
        document: DocumentID, owner: KnowledgeOwner, title: String, number: Int, text: String, metadata: JSONObject,
        score: Double
    ) {
        self.document = document
        self.owner = owner
        self.title = title
        self.number = number
        self.text = text
        self.metadata = metadata
        self.score = score
    }
}
