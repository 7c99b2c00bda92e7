import ParlantCore

/// One rule that every implementation of a port keeps, as a named check.
///
/// ```swift
/// @Test("the store keeps the contract", arguments: TagStoreConformance.checks)
/// func contract(_ check: ConformanceCheck<any TagStore>) async throws {
///     try await check.run(MyTagStore())
/// }
/// ```
///
/// Needs no test framework: a check that fails throws ``ConformanceFailure``.
public struct ConformanceCheck<Store: Sendable>: Sendable, CustomStringConvertible {
    /// The rule, as a sentence.
    public let name: String
    private let body: @Sendable (Store) async throws -> Void

    /// A rule with the code that tries it on a fresh store.
    public init(_ name: String, _ body: @escaping @Sendable (Store) async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Tries the rule.
    ///
    /// - Parameter store: A store that nobody has used; the check leaves things behind in it.
    /// - Throws: ``ConformanceFailure`` when the rule is broken, or what the store threw unexpectedly.
    public func run(_ store: Store) async throws { try await body(store) }

    public var description: String { name }
}

/// A store broke a rule.
public struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
    /// What was expected and what came instead.
    public var message: String
    /// Line of the conformance suite that noticed.
    public var line: Int

    public var description: String { "\(message) (line \(line) of the conformance suite)" }
}

/// Throws unless the condition holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String, line: Int = #line) throws {
    guard condition else { throw ConformanceFailure(message: message(), line: line) }
}

/// Throws unless both are equal.
func requireEqual<Value: Equatable>(
    _ actual: Value, _ expected: Value, _ what: String, line: Int = #line
) throws {
    try require(actual == expected, "\(what): expected \(expected), got \(actual)", line: line)
}

/// Throws unless `body` throws a ``StoreError`` with this code.
func requireError<Value>(
    _ code: StoreError.Code, _ what: String, line: Int = #line, _ body: () async throws -> Value
) async throws {
    do {
        _ = try await body()
    } catch let error as StoreError {
        try require(error.code == code, "\(what): expected the code \(code), got \(error)", line: line)
        try require(!error.message.isEmpty, "\(what): the error says nothing", line: line)
        return
    }
    throw ConformanceFailure(message: "\(what): expected the error \(code), got none", line: line)
}

/// Walks through all pages of a list.
func collectPages<Item: Sendable>(
    limit: Int, direction: PageRequest.Direction = .ascending, line: Int = #line,
    _ list: (PageRequest) async throws -> Page<Item>
) async throws -> [Item] {
    var items: [Item] = []
    var request = PageRequest(limit: limit, direction: direction)
    var expectedTotal: Int?
    for _ in 0..<1000 {
        let page = try await list(request)
        try require(page.items.count <= limit, "a page holds more than its limit \(limit)", line: line)
        if let expectedTotal {
            try requireEqual(page.totalCount, expectedTotal, "what follows the cursor", line: line)
        }
        items += page.items
        try requireEqual(page.hasMore, page.totalCount > page.items.count, "hasMore", line: line)
        try requireEqual(page.nextCursor != nil, page.hasMore, "a next cursor exactly when there is more", line: line)
        guard let cursor = page.nextCursor else { return items }
        expectedTotal = page.totalCount - page.items.count
        request.cursor = cursor
    }
    throw ConformanceFailure(message: "the pages never end", line: line)
}
