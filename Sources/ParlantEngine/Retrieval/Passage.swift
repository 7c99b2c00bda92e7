/// A piece of a document, short enough to be compared with a question and to stand in a prompt.
public struct Passage: Sendable, Equatable {
    /// The title of its document.
    public var title: String
    /// Its place in the document, counted from 1.
    public var number: Int
    /// Its text as it stands in the document, without white space around it.
    public var text: String

    public init(title: String, number: Int, text: String) {
        self.title = title
        self.number = number
        self.text = text
    }

    /// What a vector is made of: the title says what a piece from the middle of a document is about.
    public var embeddedText: String { title.isEmpty ? text : "\(title)\n\(text)" }
}
