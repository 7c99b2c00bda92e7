import ArgumentParser
import Foundation
import ParlantServer

/// `backup`: copies a store to a file, also while a server uses it.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copies a store to a file, also while a server uses it.",
        discussion: "The copy holds all that was acknowledged before, and is a store like any other: name it with "
            + "--store to use it. It appears when it is complete.")

    @Argument(help: "The copy. Nothing may be there yet.", completion: .file())
    var target: String

    // Not all that there is: other stores have ways of their own, which whoever names one is told.
    @Option(help: "The store: sqlite, sqlite:PATH.", transform: { try StoreChoice($0) })
    var store: StoreChoice

    func run() async throws {
        let bytes = try await reporting {
            try await Application.backUp(store, to: target, environment: ProcessInfo.processInfo.environment)
        }
        print("\(target): \(bytes) bytes")
    }
}
