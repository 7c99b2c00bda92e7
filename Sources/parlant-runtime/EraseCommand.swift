import ArgumentParser
import Foundation
import ParlantCore
import ParlantServer

/// `erase`: removes everything that is kept of one customer.
struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Removes everything that is kept of a customer, for good.",
        discussion: "From a running server with --url, else from stores that no server uses now. The token in "
            + "PARLANT_API_TOKEN is sent along. When it was interrupted, repeat it. Exit code 1 when something is out of "
            + "reach, which it then says.")

    @Argument(help: "Id of the customer.")
    var customer: String

    @OptionGroup var place: CustomerPlaceOptions

    func run() async throws {
        let screen = ProgressScreen()
        let report = try await reporting {
            try await Application.eraseCustomer(
                CustomerID(customer), from: place.place, environment: ProcessInfo.processInfo.environment
            ) { screen.show($0.done, of: $0.total, "sessions") }
        }
        screen.end()
        let record = report.hadRecord ? "the customer" : "no record of the customer"
        print(
            "erased: \(record), \(report.sessions) sessions, \(report.values) values of variables, "
                + "\(report.documents) documents, \(report.memories) memories")
        for sentence in report.alsoRemoved { print("also removed: \(sentence)") }
        for sentence in report.remains { print("out of reach: \(sentence)") }
        if !report.remains.isEmpty { throw ExitCode(1) }
    }
}
