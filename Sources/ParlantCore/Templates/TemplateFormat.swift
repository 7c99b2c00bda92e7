/// How a value is laid out: Python's `[[fill]align][sign][0][width][,][.precision][type]`, as in `,.2f`.
struct TemplateFormat {
    typealias Failure = CannedResponseTemplate.RenderError

    private static let widest = 1000

    private var fill: Character = " "
    private var align: Character?
    private var sign: Character = "-"
    private var width = 0
    private var groups: Character?
    private var precision: Int?
    /// `d`, `f`, `%`, `s`, or none.
    private var type: Character?

    private init() {}

    /// Reads a layout.
    init(parsing text: String) throws(Failure) {
        var rest = text[...]
        func take(_ characters: String) -> Character? {
            guard let first = rest.first, characters.contains(first) else { return nil }
            rest.removeFirst()
            return first
        }
        func takeNumber() throws(Failure) -> Int? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty else { return nil }
            rest.removeFirst(digits.count)
            guard let number = Int(digits), number <= Self.widest else {
                throw .failed("the format '\(text)' asks for more than \(Self.widest) characters")
            }
            return number
        }
        if let first = rest.first, let second = rest.dropFirst().first, "<>^=".contains(second) {
            fill = first
            align = second
            rest.removeFirst(2)
        } else {
            align = take("<>^=")
        }
        sign = take("+- ") ?? "-"
        if take("0") != nil {
            fill = "0"
            align = align ?? "="
        }
        width = try takeNumber() ?? 0
        groups = take(",_")
        if take(".") != nil {
            precision = try takeNumber()
            guard let precision, precision <= 30 else {
                throw .failed("the format '\(text)' needs a precision of 0 to 30 after '.'")
            }
        }
        type = take("dfF%s")
        guard rest.isEmpty else {
            throw .failed("the format '\(text)' is unknown; write it as in ',.2f', '>10' or '05d'")
        }
    }

    /// The value in this layout.
    func text(of value: JSONValue) throws(Failure) -> String {
        if type == "s" || (type == nil && value.number == nil) {
            let text = TemplateText.of(value)
            return padded(sign: "", precision.map { String(text.prefix($0)) } ?? text, isNumber: false)
        }
        guard let number = value.number else {
            throw .failed("the format is for a number, got \(TemplateText.kind(value))")
        }
        var digits: String
        switch type {
        case "d":
            guard case .integer(let whole) = value else {
                throw .failed("the format 'd' is for a whole number; use int first, or 'f'")
            }
            digits = String(whole.magnitude)
        case "f", "F": digits = TemplateArithmetic.fixed(number.magnitude, precision ?? 6)
        case "%": digits = TemplateArithmetic.fixed(number.magnitude * 100, precision ?? 6) + "%"
        default:
            digits = precision.map { TemplateArithmetic.fixed(number.magnitude, $0) } ?? value.description
            if digits.first == "-" { digits.removeFirst() }
        }
        if let groups { digits = grouped(digits, by: groups) }
        return padded(sign: number < 0 ? "-" : sign == "-" ? "" : String(sign), digits, isNumber: true)
    }

    private func grouped(_ digits: String, by separator: Character) -> String {
        let whole = digits.prefix { $0.isNumber }
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { result.append(separator) }
            result.append(digit)
        }
        return result + digits.dropFirst(whole.count)
    }

    private func padded(sign: String, _ text: String, isNumber: Bool) -> String {
        let missing = width - sign.count - text.count
        guard missing > 0 else { return sign + text }
        let padding = { (count: Int) in String(repeating: fill, count: count) }
        switch align ?? (isNumber ? ">" : "<") {
        case "<": return sign + text + padding(missing)
        case "^": return padding(missing / 2) + sign + text + padding(missing - missing / 2)
        case "=": return sign + padding(missing) + text
        default: return padding(missing) + sign + text
        }
    }

    // MARK: Texts with places for values

    /// `{}`, `{0}` and `{:,.2f}` in a text, filled in; `{{` and `}}` are braces.
    static func braces(_ text: String, _ values: [JSONValue]) throws(Failure) -> String {
        var result = ""
        var rest = text[...]
        var next = 0
        while let character = rest.popFirst() {
            if (character == "{" || character == "}") && rest.first == character {
                result.append(character)
                rest.removeFirst()
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw .failed("'{' is never closed") }
                let parts = rest[..<end].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                rest = rest[rest.index(after: end)...]
                let name = parts.first ?? ""
                guard let index = name.isEmpty ? next : Int(name), values.indices.contains(index) else {
                    throw .failed("there is no value for '{\(name)}'")
                }
                next += 1
                let format = try TemplateFormat(parsing: parts.count > 1 ? String(parts[1]) : "")
                result += try format.text(of: values[index])
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// `%s`, `%d` and `%.2f` in a text, filled in; `%%` is a percent sign.
    static func percents(_ text: String, _ values: [JSONValue]) throws(Failure) -> String {
        var result = ""
        var rest = text[...]
        var next = 0
        while let character = rest.popFirst() {
            guard character == "%" else {
                result.append(character)
                continue
            }
            if rest.first == "%" {
                rest.removeFirst()
                result.append("%")
                continue
            }
            let layout = rest.prefix { $0.isASCII && ($0.isNumber || "+-.".contains($0)) }
            rest.removeFirst(layout.count)
            guard let type = rest.popFirst(), "sdf".contains(type) else {
                throw .failed("after '%' comes 's', 'd' or 'f', as in '%.2f'")
            }
            guard values.indices.contains(next) else { throw .failed("there are more places than values") }
            let isLeft = layout.first == "-"
            let spec = (isLeft ? "<" + layout.dropFirst() : type == "s" ? ">" + layout : String(layout)) + String(type)
            result += try TemplateFormat(parsing: spec).text(of: values[next])
            next += 1
        }
        guard next == values.count else { throw .failed("there are more values than places") }
        return result
    }
}
