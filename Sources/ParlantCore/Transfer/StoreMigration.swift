/// Moves everything from one place to another, which is empty.
///
/// All or nothing, as far as servers can see: until it is finished the target says that it is not, and no server opens
/// it. A migration that broke off begins anew when it is started again.
public struct StoreMigration: Sendable {
    /// How far it is.
    public struct Progress: Sendable, Equatable {
        /// What is copied now: "customers".
        public var kind: String
        /// Records that are copied, of all kinds.
        public var done: Int
        /// Records that there are, of all kinds.
        public var total: Int
    }

    /// No script is an agent of this name, so none sees the entry.
    private static let scope = KeyValueScope.agent("parlant-runtime/migration")
    private static let key = "unfinished"

    private let source: any StoreBackend
    private let target: any StoreBackend

    /// A migration between two places that nobody else uses.
    public init(from source: any StoreBackend, to target: any StoreBackend) {
        self.source = source
        self.target = target
    }

    /// Whether a migration to this place broke off, so that only a part of everything is there. One look-up.
    public static func isUnfinished(in place: any StoreBackend) async throws -> Bool {
        try await place.stores.keyValues.read(key, in: scope) != nil
    }

    /// Copies everything, and compares what there is in both places.
    ///
    /// - Parameter report: Told how far it is after each batch.
    /// - Returns: What was copied: each kind of which there is anything, with its number.
    /// - Throws: ``StoreError`` `alreadyExists` when the target is not empty, then nothing is changed; `damaged` when
    ///   there is less in it afterwards than there should be; what the stores throw.
    /// - Complexity: O(records) in time, O(1) in memory.
    public func run(_ report: (Progress) -> Void) async throws -> [(kind: String, count: Int)] {
        try await requireWhole()
        try await makeRoom()
        let copies = source.records.copies(to: target.records)
        var counts: [Int] = []
        for copy in copies { counts.append(try await copy.source.recordCount()) }
        try await target.stores.keyValues.set(Self.key, to: true, in: Self.scope, lifetime: nil)
        var done = 0
        let total = counts.reduce(0, +)
        for copy in copies {
            try await copy.run { count in
                done += count
                report(Progress(kind: copy.source.name, done: done, total: total))
            }
        }
        for (copy, count) in zip(copies, counts) { try await verify(copy, count) }
        try await target.stores.keyValues.delete(Self.key, in: Self.scope)
        return zip(copies, counts).filter { $0.1 > 0 }.map { ($0.0.source.name, $0.1) }
    }

    private func requireWhole() async throws {
        guard try await Self.isUnfinished(in: source) else { return }
        throw StoreError(
            .damaged, entity: "store", id: "source",
            message: "a migration to the source broke off, so it is not complete; repeat that migration first")
    }

    /// Refuses a target with anything in it, and empties one that a broken-off migration has left.
    private func makeRoom() async throws {
        let kinds = target.records.kinds
        if try await Self.isUnfinished(in: target) {
            // The mark is among the entries of scripts: it goes last.
            let mark = target.records.keyValues
            for kind in kinds where kind.name != RecordKind.keyValues { try await kind.removeAllRecords() }
            try await mark.removeAllRecords()
            return
        }
        for kind in kinds {
            let count = try await kind.recordCount()
            guard count == 0 else {
                throw StoreError(
                    .alreadyExists, entity: "store", id: "target",
                    message: "the target is not empty: it has \(count) \(kind.name); name one in which nothing is")
            }
        }
    }

    private func verify(_ copy: RecordCopy, _ count: Int) async throws {
        let isMarked = copy.source.name == RecordKind.keyValues
        let found = try await copy.target.recordCount() - (isMarked ? 1 : 0)
        let expected = min(count, copy.target.capacity ?? count)
        guard found != expected else { return }
        throw StoreError(
            .damaged, entity: "store", id: "target",
            message: "there are \(found) \(copy.source.name) in the target and should be \(expected); repeat the "
                + "migration while nothing else uses either place")
    }
}
