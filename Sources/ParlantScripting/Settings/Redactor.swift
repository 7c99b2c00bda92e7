/// Keeps secret settings out of logs.
struct Redactor: Sendable {
    /// The longest first, so that no secret survives as the rest of another.
    private let secrets: [String]

    /// Texts shorter than four characters are left alone: they would blacken half of every line.
    init(secrets: [String]) {
        self.secrets = Set(secrets.filter { $0.count >= 4 }).sorted { ($1.count, $0) < ($0.count, $1) }
    }

    /// The text with each secret replaced.
    func redact(_ text: String) -> String {
        var text = text
        for secret in secrets where text.contains(secret) {
            text = text.replacing(secret, with: "[secret]")
        }
        return text
    }
}

extension Redactor: CustomStringConvertible, CustomReflectable {
    /// The number of secrets, not the secrets: whatever holds them may be printed into a log.
    var description: String { "\(secrets.count) secrets" }

    /// Shows nothing, as ``description``.
    var customMirror: Mirror { Mirror(self, children: []) }
}
