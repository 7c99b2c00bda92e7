import ParlantCore

/// Keeps secret settings out of logs, also where they stand in JSON.
struct Redactor: Sendable {
    private let count: Int
    /// What secrets look like. The longest first, so that no secret survives as the rest of another.
    private let forms: [String]

    /// Texts shorter than four characters are left alone: they would blacken half of every line.
    init(secrets: [String]) {
        let secrets = Set(secrets.filter { $0.count >= 4 })
        count = secrets.count
        forms = Set(secrets.flatMap(Self.forms)).sorted { ($1.count, $0) < ($0.count, $1) }
    }

    /// A secret as it is, in JSON, and in JSON that is a text of JSON, such as the body of a request in a table.
    private static func forms(of secret: String) -> [String] {
        let once = escaped(secret)
        return [secret, once, escaped(once)]
    }

    private static func escaped(_ text: String) -> String {
        String(JSONValue.string(text).description.dropFirst().dropLast())
    }

    /// The text with each secret replaced.
    func redact(_ text: String) -> String {
        var text = text
        for form in forms where text.contains(form) {
            text = text.replacing(form, with: "[secret]")
        }
        return text
    }
}

extension Redactor: CustomStringConvertible, CustomReflectable {
    /// The number of secrets, not the secrets: whatever holds them may be printed into a log.
    var description: String { "\(count) secrets" }

    /// Shows nothing, as ``description``.
    var customMirror: Mirror { Mirror(self, children: []) }
}
