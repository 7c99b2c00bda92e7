import ParlantCore

/// JSON for people: a member a line, indented by two spaces.
enum ReadableJSON {
    /// The value without a line break at the end.
    ///
    /// - Parameter indent: Spaces in front of all lines but the first.
    static func text(_ value: JSONValue, indent: Int = 0) -> String {
        var text = ""
        write(value, indent, to: &text)
        return text
    }

    private static func write(_ value: JSONValue, _ indent: Int, to text: inout String) {
        switch value {
        case .object(let members) where !members.isEmpty:
            list("{", "}", Array(members), indent, &text) { member, text in
                text += JSONValue.string(member.key).description + ": "
                write(member.value, indent + 2, to: &text)
            }
        case .array(let elements) where !elements.isEmpty:
            list("[", "]", elements, indent, &text) { write($0, indent + 2, to: &$1) }
        default: text += value.description
        }
    }

    private static func list<Elements: Collection>(
        _ open: String, _ close: String, _ elements: Elements, _ indent: Int, _ text: inout String,
        _ write: (Elements.Element, inout String) -> Void
    ) {
        let margin = "\n" + String(repeating: " ", count: indent)
        text += open
        for (index, element) in elements.enumerated() {
            text += index == 0 ? "" : ","
            text += margin + "  "
            write(element, &text)
        }
        text += margin + close
    }
}
