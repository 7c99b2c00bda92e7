import Foundation
import Logging
import ParlantCore
import ParlantLocal

/// A log that nobody reads.
let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Makes a folder for one test and removes it afterwards.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "parlant-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

/// Opens stores for one test and removes them afterwards.
func withStores(clock: any TimeSource, _ body: (Stores) async throws -> Void) async throws {
    try await withFolder { folder in
        let backend = try await LocalStores.open(
            "\(folder)/store", clock: clock, ids: RandomIDGenerator(), logger: silent)
        try await body(backend.stores)
        try await backend.close()
    }
}
