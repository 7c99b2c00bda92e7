import Foundation

/// The few lines that the server prints once it answers.
struct StartupReport: Sendable {
    /// What was loaded, a line each for agents and plugins.
    var scripts: String
    /// The provider, in one line.
    var languageModel: String
    /// Where things are kept, in one line; nil: in memory, which needs no word.
    var stores: String?
    /// Patterns of the moderation rules.
    var moderationPatterns = 0

    /// The lines, the address last, because that is what people look for.
    func text(address: String, port: Int) -> String {
        let host = address.contains(":") ? "[\(address)]" : address
        let rules = moderationPatterns == 1 ? "1 pattern" : "\(moderationPatterns) patterns"
        let lines = [
            stores.map { "stores: \($0)" },
            moderationPatterns == 0 ? nil : "moderation: \(rules) of the configuration file",
        ].compactMap(\.self)
        return """
            parlant-runtime \(Application.version)
            \(scripts)
            language model: \(languageModel)\(lines.map { "\n\($0)" }.joined())
            listening on http://\(host):\(port)

            """
    }

    /// Writes the lines to standard output at once, also when that is a pipe.
    func print(address: String, port: Int) {
        FileHandle.standardOutput.write(Data(text(address: address, port: port).utf8))
    }
}
