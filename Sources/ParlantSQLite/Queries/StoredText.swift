import GRDB
import ParlantCore

/// Ids and other texts of clients as SQLite keeps them.
///
/// The null character ends a text for SQLite, so it is written as two others. All other texts stay as they are, but for
/// those with the character that begins these two.
enum StoredText {
    private static let mark: Unicode.Scalar = "\u{1}"

    /// The text to write and to compare with.
    static func encode(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 <= 1 }) else { return text }
        var encoded = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{0}": encoded.append(contentsOf: [mark, "0"])
            case mark: encoded.append(contentsOf: [mark, "1"])
            default: encoded.append(scalar)
            }
        }
        return String(encoded)
    }

    static func encode<Entity>(_ id: Identifier<Entity>) -> String { encode(id.rawValue) }

    /// The text as the client gave it.
    static func decode(_ text: String) -> String {
        guard text.utf8.contains(1) else { return text }
        var decoded = String.UnicodeScalarView()
        var isMarked = false
        for scalar in text.unicodeScalars {
            if isMarked {
                decoded.append(scalar == "0" ? "\u{0}" : mark)
                isMarked = false
            } else if scalar == mark {
                isMarked = true
            } else {
                decoded.append(scalar)
            }
        }
        return String(decoded)
    }
}

extension JSONValue {
    /// A text that is the same for equal values: members sorted, `1.0` as `1`. What metadata is filtered by.
    var canonicalText: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null, .boolean, .integer, .largeInteger, .string: text += description
        case .number(let number): text += Int64(exactly: number).map(String.init) ?? number.description
        case .array(let elements):
            text += "["
            for element in elements {
                element.write(to: &text)
                text += ","
            }
            text += "]"
        case .object(let members):
            text += "{"
            for key in members.keys.sorted(by: { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }) {
                text += JSONValue.string(key).description + ":"
                members[key]?.write(to: &text)
                text += ","
            }
            text += "}"
        }
    }
}
