import Foundation

/// The few lines that the server prints once it answers.
struct StartupReport: Sendable {
    /// What was loaded, a line each for agents and plugins.
    var scripts: String
    /// The provider, in one line.
    var languageModel: String
    /// Where things are kept, in one line; nil: in memory, which needs no word.
    var stores: String?

    /// The lines, the address last, because that is what people look for.
    func text(address: String, port: Int) -> String {
        let host = address.contains(":") ? "[\(address)]" : address
        return """
            parlant-runtime \(Application.version)
            \(scripts)
            language model: \(languageModel)\(stores.map { "\nstores: \($0)" } ?? "")
            listening on http://\(host):\(port)

            """
    }

    /// Writes the lines to standard output at once, also when that is a pipe.
    func print(address: String, port: Int) {
        FileHandle.standardOutput.write(Data(text(address: address, port: port).utf8))
    }
}
