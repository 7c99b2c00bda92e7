/// Maps letters with marks to their base letters: `é` to `e`, `Å` to `a`, `ß` to `ss`.
///
/// The standard library has no public decomposition, but its characters compare by canonical equivalence. So a table
/// keyed by base letter plus combining mark also finds the precomposed letter. Only Latin and Greek are folded: in
/// other scripts marks make different letters (`й` is no `и`), or are the vowels.
enum DiacriticFolding {
    private static let latin = "abcdefghijklmnopqrstuvwxyz"
    private static let greek = "αεηιουω"
    /// Grave, acute, circumflex, tilde, macron, breve, dot, diaeresis, hook, ring, double acute, caron, horn, dot
    /// below, comma below, cedilla, ogonek.
    private static let marks: [Unicode.Scalar] = [
        "\u{300}", "\u{301}", "\u{302}", "\u{303}", "\u{304}", "\u{306}", "\u{307}", "\u{308}", "\u{309}", "\u{30A}",
        "\u{30B}", "\u{30C}", "\u{31B}", "\u{323}", "\u{326}", "\u{327}", "\u{328}",
    ]
    /// Letters whose stroke or ligature is no combining mark.
    private static let special: [Character: String] = [
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
        "ς": "σ",
    ]

    private static let table: [Character: String] = {
        var table = special
        for letter in latin + greek {
            for mark in marks {
                // Two marks, as Vietnamese and polytonic Greek write them, are rare enough for the vowels alone.
                table[character(letter, [mark])] = String(letter)
                guard "aeiou".contains(letter) || greek.contains(letter) else { continue }
                for second in marks { table[character(letter, [mark, second])] = String(letter) }
            }
        }
        return table
    }()

    private static func character(_ letter: Character, _ marks: [Unicode.Scalar]) -> Character {
        var scalars = String(letter).unicodeScalars
        scalars.append(contentsOf: marks)
        return Character(String(scalars))
    }

    /// The text in lower case without marks. O(length); the table of about 2,500 entries is built once.
    static func fold(_ text: some StringProtocol) -> String {
        let lower = text.lowercased()
        if lower.utf8.allSatisfy({ $0 < 0x80 }) { return lower }
        var folded = ""
        for character in lower {
            if character.isASCII {
                folded.append(character)
            } else {
                folded += table[character] ?? String(character)
            }
        }
        return folded
    }
}
