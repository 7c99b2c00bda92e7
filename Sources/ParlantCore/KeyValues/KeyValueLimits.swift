/// What a ``KeyValueStore`` takes.
public struct KeyValueLimits: Sendable, Equatable {
    /// Bytes of a key.
    public var keyBytes = 256
    /// Bytes of a value as JSON.
    public var valueBytes = 64 << 10
    /// Entries of one session, customer or agent.
    public var entries = 10_000
    /// Bytes of keys and values of one session, customer or agent.
    public var scopeBytes = 4 << 20

    /// The defaults.
    public init() {}

    /// Checks one entry by itself.
    ///
    /// - Returns: Bytes of key and value together.
    /// - Throws: ``StoreError`` `tooLarge`, with the limit.
    public func check(_ key: String, _ value: JSONValue) throws -> Int {
        guard !key.isEmpty else { throw error(key, "a key has at least one character") }
        let keySize = key.utf8.count
        guard keySize <= keyBytes else {
            throw error(String(key.prefix(32)), "a key has at most \(keyBytes) bytes, this one has \(keySize)")
        }
        let size = JSONWriter.bytes(of: value).count
        guard size <= valueBytes else {
            throw error(key, "a value has at most \(valueBytes) bytes of JSON, this one has \(size)")
        }
        return keySize + size
    }

    /// Checks what a scope would hold after a change.
    ///
    /// - Throws: ``StoreError`` `tooLarge`, with the limit.
    public func check(_ scope: KeyValueScope, key: String, entries count: Int, bytes: Int) throws {
        guard count <= entries else {
            throw error(
                key, "\(scope) has \(entries) entries already, which is the limit; delete some, or give them a ttl")
        }
        guard bytes <= scopeBytes else {
            throw error(key, "the entries of \(scope) would have more than \(scopeBytes) bytes; delete some")
        }
    }

    private func error(_ key: String, _ message: String) -> StoreError {
        StoreError(.tooLarge, entity: "entry", id: key, message: message)
    }
}

extension StoreError {
    /// The value of a key cannot be counted up.
    public static func notCountable(_ key: String, _ value: JSONValue) -> StoreError {
        StoreError(
            .mismatch, entity: "entry", id: key,
            message: "the value of '\(key)' is \(value.brief), and only a whole number can be counted up")
    }

    /// The sum does not fit.
    public static func countOverflow(_ key: String) -> StoreError {
        StoreError(.mismatch, entity: "entry", id: key, message: "the number of '\(key)' would have more than 64 bits")
    }
}
