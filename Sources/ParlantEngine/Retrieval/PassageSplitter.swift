/// Splits documents into passages of some hundred words, at the ends of paragraphs and sentences where there are any.
public struct PassageSplitter: Sendable {
    /// The size of a passage at most, 1 for each word and a twentieth for each further letter of it: about 100 words of
    /// English. The last one of a document may have a fifth more. Long enough to hold an answer with what it belongs
    /// to, and short enough that a few of them fit in a prompt.
    public var size = 120
    /// A sentence that is no longer than this stands in both passages when a paragraph is cut after it.
    public var overlap = 30

    public init() {}

    /// The passages of one document, in order.
    ///
    /// A paragraph is cut only when it does not fit, a sentence only when it is longer than a passage. A heading goes
    /// with what follows it.
    ///
    /// - Parameter content: The parts of the document, which are paragraphs at least; empty ones count for nothing.
    /// - Complexity: O(length).
    public func passages(title: String, content: [String]) -> [Passage] {
        var filling = Filling(limit: max(size, 2), overlap: overlap)
        for part in content {
            for piece in TextBoundaries.pieces(part) {
                for part in TextBoundaries.cut(piece, to: filling.limit) { filling.add(part) }
            }
        }
        return filling.finished().enumerated().map { place, text in
            Passage(title: title, number: place + 1, text: text)
        }
    }

    /// Fills one passage after the other.
    private struct Filling {
        typealias Piece = TextBoundaries.Piece

        let limit: Int
        let overlap: Int
        private var full: [[Piece]] = []
        private var current: [Piece] = []
        private var size = 0
        /// Whether ``current`` begins with the last sentence of the passage before.
        private var hasOverlap = false

        init(limit: Int, overlap: Int) {
            self.limit = limit
            self.overlap = overlap
        }

        mutating func add(_ piece: Piece) {
            // A paragraph that would be cut begins a new passage when the one before is long enough to stand alone.
            let isGoodEnd = piece.gap == .paragraph && size * 5 >= limit * 3
            if !current.isEmpty, size + piece.size > limit || isGoodEnd { close(before: piece) }
            current.append(piece)
            size += piece.size
        }

        private mutating func close(before piece: Piece) {
            var carried: [Piece] = []
            while current.count > 1, !piece.isInLine || !carried.isEmpty, let last = current.last,
                Self.isHeading(last)
            {
                carried.insert(current.removeLast(), at: 0)
            }
            full.append(current)
            hasOverlap = false
            if carried.isEmpty, piece.isInLine, current.count > 1, let last = current.last,
                last.size <= overlap, last.size + piece.size <= limit
            {
                carried = [last]
                hasOverlap = true
            }
            current = carried
            size = carried.reduce(0) { $0 + $1.size }
        }

        /// A short line that is no sentence.
        private static func isHeading(_ piece: Piece) -> Bool {
            guard !piece.isInLine, piece.size <= 8, let last = piece.text.last else { return false }
            return piece.text.first == "#" || last == ":" || (piece.gap == .paragraph && last.isLetter)
        }

        mutating func finished() -> [String] {
            if size * 5 < limit, let before = full.popLast() {
                // Too little to stand alone.
                current = before + current.dropFirst(hasOverlap ? 1 : 0)
            }
            if !current.isEmpty { full.append(current) }
            return full.map { pieces in
                pieces.enumerated().reduce(into: "") { text, one in
                    if one.offset > 0 { text += one.element.gap.rawValue }
                    text += one.element.text
                }
            }
        }
    }
}
