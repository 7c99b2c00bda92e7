import Glibc

/// Numbers in templates, as Python computes with them: `/` gives a number with a fraction, whole numbers stay whole.
enum TemplateArithmetic {
    typealias Failure = CannedResponseTemplate.RenderError

    /// The result of an operation; `+` also joins two texts or two lists.
    static func result(
        _ operation: TemplateOperator, _ left: JSONValue, _ right: JSONValue
    ) throws(Failure) -> JSONValue {
        if operation == .plus {
            if let a = left.string, let b = right.string { return .string(a + b) }
            if let a = left.array, let b = right.array { return .array(a + b) }
        }
        if case .integer(let a) = left, case .integer(let b) = right, operation != .divided {
            return try whole(operation, a, b)
        }
        guard let a = left.number, let b = right.number else {
            throw .failed(
                "'\(operation.rawValue)' needs numbers, got \(TemplateText.kind(left)) and \(TemplateText.kind(right))")
        }
        let result: Double
        switch operation {
        case .plus: result = a + b
        case .minus: result = a - b
        case .times: result = a * b
        case .divided: result = a / b
        case .wholeDivided: result = (a / b).rounded(.down)
        case .remainder: result = a - b * (a / b).rounded(.down)
        }
        return try number(result)
    }

    /// A computed number; an infinite one is an error.
    static func number(_ value: Double) throws(Failure) -> JSONValue {
        guard value.isFinite else { throw .failed("the result is no finite number, as after a division by zero") }
        return .number(value)
    }

    private static func whole(_ operation: TemplateOperator, _ a: Int64, _ b: Int64) throws(Failure) -> JSONValue {
        let (value, overflows): (Int64, Bool)
        switch operation {
        case .plus: (value, overflows) = a.addingReportingOverflow(b)
        case .minus: (value, overflows) = a.subtractingReportingOverflow(b)
        case .times: (value, overflows) = a.multipliedReportingOverflow(by: b)
        case .divided, .wholeDivided, .remainder:
            guard b != 0 else { throw .failed("a division by zero") }
            // The smallest number divided by -1 is the one quotient that does not fit.
            guard b != -1 else { return try whole(.minus, 0, operation == .remainder ? 0 : a) }
            let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
            let isRoundedUp = rest != 0 && (rest < 0) != (b < 0)
            if operation == .remainder { return .integer(isRoundedUp ? rest + b : rest) }
            return .integer(isRoundedUp ? quotient - 1 : quotient)
        }
        guard !overflows else { throw .failed("a whole number does not fit 64 bits") }
        return .integer(value)
    }

    /// Below, at or above zero as `left` comes before, with or after `right`; nil when they have no order.
    static func order(_ left: JSONValue, _ right: JSONValue) -> Int? {
        if let a = left.string, let b = right.string { return a < b ? -1 : a == b ? 0 : 1 }
        if case .integer(let a) = left, case .integer(let b) = right { return a < b ? -1 : a == b ? 0 : 1 }
        guard let a = left.number, let b = right.number else { return nil }
        return a < b ? -1 : a == b ? 0 : 1
    }

    /// A number with exactly `digits` digits of fraction, rounded to the nearest as it is stored.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        // 309 digits before the point are the most that a double has.
        var buffer = [CChar](repeating: 0, count: 320 + max(digits, 0))
        let count = withVaList([Int32(digits), value]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
        return String(decoding: buffer.prefix(Int(count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
