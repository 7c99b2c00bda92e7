/// What a template reads, found by walking through its tree.
struct TemplateFields {
    /// Paths in order of appearance, each once.
    private(set) var fields: [String] = []
    /// Text pieces in order.
    private(set) var literals: [String] = []
    /// Paths that the template asks about before it uses them.
    private var optional: Set<String> = []
    /// Names that loops around the current place give.
    private var bound: [String] = []

    init(_ nodes: [TemplateNode]) { walk(nodes) }

    /// Paths that must have a value: no part of them is optional.
    var required: [String] {
        fields.filter { path in !optional.contains { path == $0 || path.hasPrefix($0 + ".") } }
    }

    private mutating func walk(_ nodes: [TemplateNode]) {
        for node in nodes {
            switch node {
            case .text(let text): literals.append(text)
            case .output(let expression, _): walk(expression)
            case .choice(let branches, let otherwise):
                for branch in branches {
                    walk(branch.condition)
                    walk(branch.body)
                }
                walk(otherwise)
            case .loop(let loop):
                walk(loop.items)
                let outer = bound
                bound += loop.names + ["loop"]
                if let condition = loop.condition { walk(condition) }
                walk(loop.body)
                bound = outer
                walk(loop.otherwise)
            }
        }
    }

    private mutating func walk(_ expression: TemplateExpression) {
        switch expression {
        case .literal: break
        case .path(let names): note(names)
        case .member(let value, _), .not(let value), .negative(let value): walk(value)
        case .list(let items): for item in items { walk(item) }
        case .element(let a, let b), .both(let a, let b), .either(let a, let b), .comparison(_, let a, let b),
            .arithmetic(_, let a, let b), .joined(let a, let b):
            walk(a)
            walk(b)
        case .test(let test, let value, _):
            if test.asksForPresence, case .path(let names) = value { optional.insert(names.joined(separator: ".")) }
            walk(value)
        case .filter(let filter, let value, let arguments):
            if filter.takesAbsent, case .path(let names) = value { optional.insert(names.joined(separator: ".")) }
            walk(value)
            for argument in arguments.positional { walk(argument) }
            for argument in arguments.named { walk(argument.value) }
        case .conditional(let value, let condition, let otherwise):
            walk(condition)
            walk(value)
            if let otherwise { walk(otherwise) }
        }
    }

    private mutating func note(_ names: [String]) {
        guard let root = names.first, !bound.contains(root) else { return }
        let path = names.joined(separator: ".")
        if !fields.contains(path) { fields.append(path) }
    }
}
