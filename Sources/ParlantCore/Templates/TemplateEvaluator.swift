/// Writes the text of a parsed template for given fields, within ``TemplateLimits``.
struct TemplateEvaluator {
    typealias Failure = CannedResponseTemplate.RenderError

    private let fields: JSONObject
    /// Names that loops give, the innermost last.
    private var scopes: [[String: JSONValue]] = []
    private var output = ""
    private var outputBytes = 0
    private var steps = 0

    init(_ fields: JSONObject) { self.fields = fields }

    /// The text of all nodes.
    mutating func text(of nodes: [TemplateNode]) throws(Failure) -> String {
        try write(nodes)
        return output
    }

    /// The value at a path: the field of the whole name, else the member of a member; null when there is none.
    static func value(at path: [String], in fields: JSONObject) -> JSONValue {
        if let value = fields[path.joined(separator: ".")] { return value }
        guard let root = path.first, var value = fields[root] else { return .null }
        for name in path.dropFirst() { value = member(name, of: value) }
        return value
    }

    private static func member(_ name: String, of value: JSONValue) -> JSONValue { value[name] ?? .null }

    // MARK: Nodes

    private mutating func write(_ nodes: [TemplateNode]) throws(Failure) {
        for node in nodes {
            switch node {
            case .text(let text): try append(text)
            case .output(let expression, let line):
                let value = try at(line) { (evaluator) throws(Failure) in try evaluator.value(of: expression) }
                guard !value.isNull else { throw .missing(Self.name(of: expression)) }
                try append(TemplateText.of(value))
            case .choice(let branches, let otherwise): try write(branches, otherwise)
            case .loop(let loop): try write(loop)
            }
        }
    }

    private mutating func append(_ text: String) throws(Failure) {
        outputBytes += text.utf8.count
        guard outputBytes <= TemplateLimits.outputBytes else {
            throw .failed("the text has more than \(TemplateLimits.outputBytes) bytes")
        }
        output += text
        try charge(text.utf8.count)
    }

    private mutating func write(_ branches: [TemplateBranch], _ otherwise: [TemplateNode]) throws(Failure) {
        for branch in branches {
            let holds = try at(branch.line) { (evaluator) throws(Failure) in
                TemplateText.isTrue(try evaluator.value(of: branch.condition))
            }
            if holds { return try write(branch.body) }
        }
        try write(otherwise)
    }

    private mutating func write(_ loop: TemplateLoop) throws(Failure) {
        let items = try at(loop.line) { (evaluator) throws(Failure) in try evaluator.items(of: loop) }
        guard !items.isEmpty else { return try write(loop.otherwise) }
        for (index, item) in items.enumerated() {
            var names = item
            names["loop"] = [
                "index": .integer(Int64(index + 1)), "index0": .integer(Int64(index)),
                "revindex": .integer(Int64(items.count - index)), "revindex0": .integer(Int64(items.count - index - 1)),
                "first": .boolean(index == 0), "last": .boolean(index == items.count - 1),
                "length": .integer(Int64(items.count)),
            ]
            scopes.append(names)
            defer { scopes.removeLast() }
            try charge(0)
            try write(loop.body)
        }
    }

    /// What the loop goes through, as the names that each round gives; without what the loop's `if` refuses.
    private mutating func items(of loop: TemplateLoop) throws(Failure) -> [[String: JSONValue]] {
        let value = try value(of: loop.items)
        let items: [JSONValue]
        switch value {
        case .array(let elements): items = elements
        case .object(let members) where loop.names.count == 2:
            items = members.map { .array([.string($0.key), $0.value]) }
        case .object(let members): items = members.keys.map(JSONValue.string)
        case .null: throw .missing(Self.name(of: loop.items))
        default: throw .failed("'for' needs a list, got \(TemplateText.kind(value))")
        }
        var rounds: [[String: JSONValue]] = []
        for item in items {
            var names = [loop.names[0]: item]
            if loop.names.count == 2 {
                guard let pair = item.array, pair.count == 2 else {
                    throw .failed("'for' with two names needs pairs, got \(TemplateText.kind(item))")
                }
                names = [loop.names[0]: pair[0], loop.names[1]: pair[1]]
            }
            try charge(0)
            if let condition = loop.condition {
                scopes.append(names)
                defer { scopes.removeLast() }
                guard TemplateText.isTrue(try self.value(of: condition)) else { continue }
            }
            rounds.append(names)
        }
        return rounds
    }

    /// Adds the line to what fails in a tag.
    private mutating func at<Value>(
        _ line: Int, _ body: (inout Self) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        do {
            return try body(&self)
        } catch .failed(let reason) where !reason.hasPrefix("line ") {
            throw .failed("line \(line): \(reason)")
        }
    }

    private mutating func charge(_ bytes: Int) throws(Failure) {
        steps += 1 + bytes / 64
        guard steps <= TemplateLimits.steps else {
            throw .failed("rendering takes more than \(TemplateLimits.steps) steps")
        }
    }

    // MARK: Expressions

    private mutating func value(of expression: TemplateExpression) throws(Failure) -> JSONValue {
        try charge(0)
        switch expression {
        case .literal(let value): return value
        case .path(let names): return value(at: names)
        case .member(let subject, let name): return Self.member(name, of: try value(of: subject))
        case .element(let subject, let index): return element(of: try value(of: subject), try value(of: index))
        case .list(let items):
            var values: [JSONValue] = []
            for item in items { values.append(try value(of: item)) }
            return .array(values)
        case .not(let operand): return .boolean(!TemplateText.isTrue(try value(of: operand)))
        case .negative(let operand):
            return try TemplateArithmetic.result(.minus, .integer(0), try present(operand))
        case .both(let left, let right):
            let first = try value(of: left)
            return TemplateText.isTrue(first) ? try value(of: right) : first
        case .either(let left, let right):
            let first = try value(of: left)
            return TemplateText.isTrue(first) ? first : try value(of: right)
        case .comparison(let comparison, let left, let right): return try compare(comparison, left, right)
        case .arithmetic(let operation, let left, let right):
            return try limited(try TemplateArithmetic.result(operation, try present(left), try present(right)))
        case .joined(let left, let right):
            return try limited(.string(TemplateText.of(try present(left)) + TemplateText.of(try present(right))))
        case .test(let test, let subject, let isNegated):
            return .boolean(Self.passes(try value(of: subject), test) != isNegated)
        case .filter(let filter, let subject, let arguments): return try apply(filter, subject, arguments)
        case .conditional(let subject, let condition, let otherwise):
            if TemplateText.isTrue(try value(of: condition)) { return try value(of: subject) }
            guard let otherwise else { return "" }
            return try value(of: otherwise)
        }
    }

    private func value(at names: [String]) -> JSONValue {
        for scope in scopes.reversed() {
            guard var value = scope[names[0]] else { continue }
            for name in names.dropFirst() { value = Self.member(name, of: value) }
            return value
        }
        return Self.value(at: names, in: fields)
    }

    private func element(of value: JSONValue, _ index: JSONValue) -> JSONValue {
        if let items = value.array, let number = index.integer {
            let position = number < 0 ? Int64(items.count) + number : number
            return items.indices.contains(Int(clamping: position)) ? items[Int(clamping: position)] : .null
        }
        return index.string.map { Self.member($0, of: value) } ?? .null
    }

    /// The value, which must be there.
    private mutating func present(_ expression: TemplateExpression) throws(Failure) -> JSONValue {
        let value = try value(of: expression)
        guard !value.isNull else { throw .missing(Self.name(of: expression)) }
        return value
    }

    private mutating func compare(
        _ comparison: TemplateComparison, _ left: TemplateExpression, _ right: TemplateExpression
    ) throws(Failure) -> JSONValue {
        switch comparison {
        case .equal: return .boolean(try value(of: left) == value(of: right))
        case .different: return .boolean(try value(of: left) != value(of: right))
        case .contained, .notContained:
            let item = try value(of: left)
            let container = try present(right)
            try charge(TemplateText.size(container))
            let isContained: Bool
            switch container {
            case .array(let items): isContained = items.contains(item)
            case .object(let members): isContained = item.string.map { members[$0] != nil } ?? false
            case .string(let text): isContained = text.contains(TemplateText.of(item))
            default: throw .failed("'in' needs a list, a text or an object, got \(TemplateText.kind(container))")
            }
            return .boolean(isContained == (comparison == .contained))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let (first, second) = (try present(left), try present(right))
            guard let order = TemplateArithmetic.order(first, second) else {
                throw .failed("\(TemplateText.kind(first)) and \(TemplateText.kind(second)) have no order")
            }
            switch comparison {
            case .less: return .boolean(order < 0)
            case .lessOrEqual: return .boolean(order <= 0)
            case .greater: return .boolean(order > 0)
            default: return .boolean(order >= 0)
            }
        }
    }

    private static func passes(_ value: JSONValue, _ test: TemplateTest) -> Bool {
        switch test {
        case .defined: !value.isNull
        case .undefined, .none: value.isNull
        case .string: value.string != nil
        case .number: value.number != nil
        case .even: value.integer.map { $0 % 2 == 0 } ?? false
        case .odd: value.integer.map { $0 % 2 != 0 } ?? false
        }
    }

    private mutating func apply(
        _ filter: TemplateFilter, _ subject: TemplateExpression, _ arguments: TemplateArguments
    ) throws(Failure) -> JSONValue {
        let input = filter.takesAbsent ? try value(of: subject) : try present(subject)
        var call = TemplateCall<JSONValue>()
        for argument in arguments.positional { call.positional.append(try value(of: argument)) }
        for argument in arguments.named { call.named.append((argument.name, try value(of: argument.value))) }
        try charge(TemplateText.size(input))
        return try limited(try filter.result(of: input, call))
    }

    /// Refuses a value that grew too large on the way.
    private mutating func limited(_ value: JSONValue) throws(Failure) -> JSONValue {
        let size = TemplateText.size(value)
        if case .string = value, size > TemplateLimits.outputBytes {
            throw .failed("a text has more than \(TemplateLimits.outputBytes) bytes")
        }
        try charge(size)
        return value
    }

    /// What a missing value is called: its path, as far as there is one.
    private static func name(of expression: TemplateExpression) -> String {
        switch expression {
        case .path(let names): names.joined(separator: ".")
        case .member(let subject, let member): "\(name(of: subject)).\(member)"
        case .element(let subject, .literal(.integer(let index))): "\(name(of: subject))[\(index)]"
        case .element(let subject, _): "\(name(of: subject))[…]"
        case .filter(let filter, let subject, _): "\(name(of: subject)) | \(filter.name)"
        default: "a part of an expression"
        }
    }
}
