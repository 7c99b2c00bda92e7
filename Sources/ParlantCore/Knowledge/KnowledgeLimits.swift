/// How much clients may keep of one customer or agent besides conversations; for memories see the engine's policy. More is
/// refused whole; nothing is cut.
public struct KnowledgeLimits: Sendable {
    /// Characters (Unicode scalars) of a customer's `about`.
    public var aboutLength = 10_000
    /// Characters of a document's title.
    public var titleLength = 200
    /// Bytes of all texts of one document.
    public var contentBytes = 256 * 1024
    /// Texts of one document.
    public var partCount = 100
    /// Documents of one owner. Creations at the same time may pass together.
    public var documentCount = 1000
    /// Bytes of all texts of all documents of one owner.
    public var ownerBytes = 16 << 20

    /// The limits above; change what does not fit.
    public init() {}
}
