import ArgumentParser
import Foundation
import ParlantCore
import ParlantServer

/// `migrate`: moves everything from one store to another.
struct MigrateCommand: AsyncParsableCommand {
    private static let choices = StoreChoice.offers.filter { $0 != StoreChoice.memory.description }

    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Copies everything from one store to another, which is empty.",
        discussion: "For stores that no server uses now. No server opens the new store before all is in it; when the "
            + "command was interrupted, repeat it: it begins anew. The old store stays as it is.")

    @Option(
        help: "The store that has everything: \(choices.joined(separator: ", ")).", transform: { try StoreChoice($0) })
    var from: StoreChoice

    @Option(help: "The new store; nothing may be in it.", transform: { try StoreChoice($0) })
    var to: StoreChoice

    func run() async throws {
        let screen = ProgressScreen()
        let counts = try await reporting {
            try await Application.migrate(from: from, to: to, environment: ProcessInfo.processInfo.environment) {
                screen.show($0.done, of: $0.total, $0.kind)
            }
        }
        screen.end()
        for (kind, count) in counts { print("\(count) \(kind)") }
        print("\(to): all of \(from) is there")
    }
}
