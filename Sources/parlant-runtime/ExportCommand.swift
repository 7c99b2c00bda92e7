import ArgumentParser
import Foundation
import ParlantCore
import ParlantServer

/// `export`: writes everything that is kept of one customer to a zip file.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes everything that is kept of a customer to a zip file.",
        discussion: "From a running server with --url, else from stores that no server uses now. The token in "
            + "PARLANT_API_TOKEN is sent along.")

    @Argument(help: "Id of the customer.")
    var customer: String

    @Argument(help: "The zip file. Nothing may be there yet.", completion: .file(extensions: ["zip"]))
    var target: String

    @OptionGroup var place: CustomerPlaceOptions

    func run() async throws {
        let screen = ProgressScreen()
        let bytes = try await reporting {
            try await Application.exportCustomer(
                CustomerID(customer), to: target, from: place.place,
                environment: ProcessInfo.processInfo.environment
            ) { screen.show($0, of: 0, "bytes") }
        }
        screen.end()
        print("\(target): \(bytes) bytes")
    }
}
