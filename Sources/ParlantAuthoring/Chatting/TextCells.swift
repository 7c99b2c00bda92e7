/// Text in columns of a terminal. Widths are in characters; those that take two columns are not looked for.
enum TextCells {
    /// The text in lines of at most `width` characters, broken between words where there are any. White space counts as
    /// one space. What does not fit into `most` lines ends in an ellipsis.
    static func wrapped(_ text: String, width: Int, most: Int = .max) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            var rest = word
            if !line.isEmpty, line.count + 1 + rest.count > width {
                lines.append(line)
                line = ""
            }
            while rest.count > width {
                lines.append(String(rest.prefix(width)))
                rest = rest.dropFirst(width)
            }
            line += (line.isEmpty ? "" : " ") + rest
        }
        if !line.isEmpty { lines.append(line) }
        guard lines.count > most else { return lines }
        return lines.prefix(most - 1) + [cut(lines[most - 1] + " " + lines[most], to: width)]
    }

    /// The text in at most `width` characters.
    static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(width - 1) + "…"
    }

    /// The text in exactly `width` characters, at the left.
    static func left(_ text: String, _ width: Int) -> String {
        let text = cut(text, to: width)
        return text + String(repeating: " ", count: width - text.count)
    }

    /// The text in at least `width` characters, at the right: numbers are never cut.
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// `0.4`, `12`, `1204`: a time in milliseconds.
    static func milliseconds(_ value: Double) -> String {
        guard value < 10 else { return String(Int(clamping: Int64(value.rounded()))) }
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
    }
}
