import Foundation
import Logging

/// The log of what tests run. Errors of the runtime itself (a function of the script that broke) fail the test; what
/// scripts `print` is shown; lines that they log are theirs and pass.
struct DefectLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let (metadata, message) = (event.metadata, event.message)
        if let script = metadata?["script"] {
            // A line of `ctx.log` names the handler that wrote it; a print has none.
            guard metadata?["handler"] == nil else { return }
            FileHandle.standardError.write(Data("\(script): \(message)\n".utf8))
        } else if event.level >= .error {
            TestWorld.current?.note("\(message)" + (metadata?["error"].map { ": \($0)" } ?? ""))
        }
    }

    /// A logger for what tests run.
    static var logger: Logger { Logger(label: "parlant.test") { _ in DefectLogHandler() } }
}
