package import OrderedCollections

/// A text that equals another only when it has the same bytes.
///
/// Swift's own texts are equal when they look the same: `é` may be one character, or an `e` with an accent. Databases and
/// clients compare bytes, so what is looked up by a client's text in memory has to as well.
package struct ByteText: Hashable, Comparable, Sendable {
    package let text: String

    /// Wraps a text.
    package init(_ text: String) { self.text = text }

    package static func == (left: Self, right: Self) -> Bool { left.text.hasSameBytes(as: right.text) }

    package static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}

extension String {
    /// Whether both have the same bytes. O(bytes), and fast: no text is looked at as characters.
    package func hasSameBytes(as other: String) -> Bool {
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in left.count == right.count && left.elementsEqual(right) }
        }
    }

    /// Feeds the bytes, and an end that no text has, to a hash.
    package func hashBytes(into hasher: inout Hasher) {
        var text = self
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}

extension OrderedSet<String> {
    /// Whether a text with the same bytes is in the set. O(1).
    package func contains(exactly text: String) -> Bool {
        firstIndex(of: text).map { self[$0].hasSameBytes(as: text) } ?? false
    }
}

extension OrderedDictionary<String, JSONValue> {
    /// The value of the key with the same bytes, nil when there is none. O(1).
    package func value(exactly key: String) -> JSONValue? {
        guard let index = index(forKey: key), elements[index].key.hasSameBytes(as: key) else { return nil }
        return elements[index].value
    }

    /// Whether there is a key with the same bytes. O(1).
    package func hasKey(exactly key: String) -> Bool {
        index(forKey: key).map { keys[$0].hasSameBytes(as: key) } ?? false
    }

    /// Sets members. A key that only looks the same as one that is there takes its place, in the new spelling.
    ///
    /// - Complexity: O(members that are set), and once O(all members) if there are such keys.
    package mutating func set(_ members: JSONObject) {
        var isRespelled = false
        for (key, value) in members {
            let earlier = updateValue(value, forKey: key)
            if earlier != nil, !hasKey(exactly: key) { isRespelled = true }
        }
        guard isRespelled else { return }
        let spelled = map { key, value in (members.index(forKey: key).map { members.keys[$0] } ?? key, value) }
        self = JSONObject(uniqueKeysWithValues: spelled)
    }
}
