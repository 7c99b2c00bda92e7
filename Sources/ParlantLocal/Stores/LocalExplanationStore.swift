import ParlantCore

/// Explanations in a folder. They go with their sessions and not before.
struct LocalExplanationStore: ExplanationStore {
    private let folder: StoreFolder

    init(_ folder: StoreFolder) { self.folder = folder }

    func save(_ explanation: Explanation) async throws {
        try await folder.write { [folder] in $0.add(folder.contents.explanations.put(explanation)) }
    }

    func find(_ traceID: TraceID, of session: SessionID) async throws -> Explanation? {
        try await folder.read { try await $0.explanations.find(traceID, of: session) }
    }

    func traces(of session: SessionID) async throws -> [TraceID] {
        try await folder.read { try await $0.explanations.all(of: session).map(\.traceID) }
    }

    /// Writes nothing where there is none.
    func deleteAll(of session: SessionID) async throws {
        guard try await folder.read({ try await $0.explanations.isKept(session) }) else { return }
        try await folder.write { [folder] in $0.add(folder.contents.explanations.drop(session)) }
    }
}
