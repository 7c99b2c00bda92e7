/// How unknown body fields are named to people.
enum UnknownFields {
    private static let mostNames = 20
    private static let longestName = 100

    /// The names for a header and a log line, separated by commas. Names that could break either are escaped; at most
    /// twenty are given, so that a hostile body does not make a hostile header.
    static func header(_ names: [String]) -> String {
        var shown = names.prefix(mostNames).map { name in
            let escaped = percentEncodedForHeader(String(name.unicodeScalars.prefix(longestName)))
            return name.unicodeScalars.count > longestName ? escaped + "..." : escaped
        }
        if names.count > mostNames { shown.append("...") }
        return shown.joined(separator: ", ")
    }
}
