public import ParlantCore

/// Puts memories in an order for somebody who asks for something.
public protocol MemoryOrder: Sendable {
    /// The same memories, those that fit the question best first. The newest come first in what is given.
    func order(_ memories: [Stored<Memory>], by question: String) async throws -> [Stored<Memory>]
}

/// Orders memories by how many words of the question they have; those with the same number stay in their order.
public struct SharedWords: MemoryOrder {
    /// An order by words.
    public init() {}

    /// - Complexity: O(bytes of the memories).
    public func order(_ memories: [Stored<Memory>], by question: String) -> [Stored<Memory>] {
        let wanted = Self.words(question)
        let found = memories.enumerated().map { place, stored in
            let text = ([stored.entity.content] + stored.entity.entities).joined(separator: " ")
            return (stored: stored, shared: wanted.intersection(Self.words(text)).count, place: place)
        }
        return found.sorted { ($0.shared, $1.place) > ($1.shared, $0.place) }.map(\.stored)
    }

    private static func words(_ text: String) -> Set<Substring> {
        Set(text.lowercased().split { !$0.isLetter && !$0.isNumber })
    }
}
