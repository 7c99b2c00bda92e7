extension TemplateFilter {
    /// `"{:,.2f}".format(x)`: Python's method, with one value for each pair of braces.
    static let braceFormat = TemplateFilter("method format", nil) { (input) throws(Failure) in
        try .string(TemplateFormat.braces(TemplateText.of(input.value), input.all))
    }

    /// Filters for numbers.
    static let numberFilters: [TemplateFilter] = [
        TemplateFilter("int", ["default"]) { (input) throws(Failure) in
            let value = number(in: input.value).flatMap { Int64(exactly: $0.rounded(.towardZero)) }
            if case .integer = input.value { return input.value }
            return value.map(JSONValue.integer) ?? input["default"] ?? 0
        },
        TemplateFilter("float", ["default"]) { input in
            number(in: input.value).map(JSONValue.number) ?? input["default"] ?? 0.0
        },
        TemplateFilter("abs") { (input) throws(Failure) in
            guard let value = input.value.number else {
                throw .failed("a number is needed, got \(TemplateText.kind(input.value))")
            }
            if value >= 0 { return input.value }
            return try TemplateArithmetic.result(.minus, .integer(0), input.value)
        },
        TemplateFilter("round", ["precision", "method"], checkText: roundingProblem) { (input) throws(Failure) in
            try rounded(input)
        },
        // Of a number: `1234.5 | format(",.2f")`. Of a text: `"%.2f" | format(x)`, as in Jinja.
        TemplateFilter("format", nil) { (input) throws(Failure) in
            if input.value.number != nil {
                guard let spec = input.all.first?.string, input.all.count == 1 else {
                    throw .failed("a number needs one format, as in format(\",.2f\")")
                }
                return .string(try TemplateFormat(parsing: spec).text(of: input.value))
            }
            return .string(try TemplateFormat.percents(TemplateText.of(input.value), input.all))
        },
        braceFormat,
    ]

    /// The number, also of a text that holds one.
    private static func number(in value: JSONValue) -> Double? {
        if let boolean = value.boolean { return boolean ? 1 : 0 }
        guard let text = value.string else { return value.number }
        let digits = text.filter { !$0.isWhitespace }
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }) else { return nil }
        return Double(digits).flatMap { $0.isFinite ? $0 : nil }
    }

    private static let roundingMethods = ["common", "ceil", "floor"]

    @Sendable private static func roundingProblem(_ parameter: String, _ text: String) -> String? {
        guard parameter == "method", !roundingMethods.contains(text) else { return nil }
        return "method is one of \(roundingMethods.joined(separator: ", ")), got \"\(text)\""
    }

    /// Rounds to a number of digits, to the nearest unless the method says otherwise. A number with a fraction keeps one,
    /// as in Python: `2.5 | round | int` is a whole number.
    private static func rounded(_ input: TemplateFilterInput) throws(Failure) -> JSONValue {
        guard let value = input.value.number else {
            throw .failed("a number is needed, got \(TemplateText.kind(input.value))")
        }
        let precision = try input.integer("precision") ?? 0
        guard (-15...15).contains(precision) else {
            throw .failed("precision is \(precision), and should be -15 to 15")
        }
        let method = input.text("method") ?? "common"
        if method == "common", precision >= 0 {
            if case .integer = input.value { return input.value }
            return try TemplateArithmetic.number(Double(TemplateArithmetic.fixed(value, precision)) ?? value)
        }
        guard roundingMethods.contains(method) else { throw .failed(roundingProblem("method", method) ?? "method") }
        var scale = 1.0
        for _ in 0..<abs(precision) { scale *= 10 }
        let rule: FloatingPointRoundingRule =
            method == "ceil" ? .up : method == "floor" ? .down : .toNearestOrEven
        let scaled = precision >= 0 ? value * scale : value / scale
        let whole = scaled.rounded(rule)
        let result = precision >= 0 ? whole / scale : whole * scale
        if method == "common", case .integer = input.value, let same = Int64(exactly: result) { return .integer(same) }
        return try TemplateArithmetic.number(result)
    }
}
