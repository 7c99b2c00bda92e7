extension TemplateFilter {
    /// Filters for lists.
    static let listFilters: [TemplateFilter] = [
        TemplateFilter("join", ["d", "attribute"]) { (input) throws(Failure) in
            let items = try items(of: input.value).map { at(input.text("attribute"), of: $0) }
            return .string(items.filter { !$0.isNull }.map(TemplateText.of).joined(separator: input.text("d") ?? ""))
        },
        TemplateFilter("first") { (input) throws(Failure) in try items(of: input.value).first ?? .null },
        TemplateFilter("last") { (input) throws(Failure) in try items(of: input.value).last ?? .null },
        TemplateFilter("length") { (input) throws(Failure) in
            switch input.value {
            case .string(let text): .integer(Int64(text.count))
            case .object(let members): .integer(Int64(members.count))
            default: .integer(Int64(try items(of: input.value).count))
            }
        },
        TemplateFilter("sort", ["reverse", "case_sensitive", "attribute"]) { (input) throws(Failure) in
            .array(try sorted(input))
        },
        TemplateFilter("unique", ["case_sensitive", "attribute"]) { (input) throws(Failure) in
            var seen: Set<String> = []
            return .array(
                try items(of: input.value).filter { item in
                    let key = at(input.text("attribute"), of: item)
                    let text = "\(TemplateText.kind(key)) \(key)"
                    return seen.insert(input.flag("case_sensitive") ? text : text.lowercased()).inserted
                })
        },
        TemplateFilter("map", ["filter", "attribute", "default"], checkText: mapProblem) { (input) throws(Failure) in
            .array(try mapped(input))
        },
        TemplateFilter("reverse") { (input) throws(Failure) in
            if let text = input.value.string { return .string(String(text.reversed())) }
            return .array(try items(of: input.value).reversed())
        },
        TemplateFilter("sum", ["attribute"]) { (input) throws(Failure) in
            var sum = JSONValue.integer(0)
            for item in try items(of: input.value) {
                sum = try TemplateArithmetic.result(.plus, sum, at(input.text("attribute"), of: item))
            }
            return sum
        },
        TemplateFilter("min", ["attribute"]) { (input) throws(Failure) in try extreme(input, isFirst: { $0 < 0 }) },
        TemplateFilter("max", ["attribute"]) { (input) throws(Failure) in try extreme(input, isFirst: { $0 > 0 }) },
        TemplateFilter("list") { (input) throws(Failure) in .array(try items(of: input.value)) },
        TemplateFilter("items") { (input) throws(Failure) in
            guard let members = input.value.object else {
                throw .failed("an object is needed, got \(TemplateText.kind(input.value))")
            }
            return .array(members.map { .array([.string($0.key), $0.value]) })
        },
    ]

    /// Items of a list, keys of an object, characters of a text.
    private static func items(of value: JSONValue) throws(Failure) -> [JSONValue] {
        switch value {
        case .array(let items): items
        case .object(let members): members.keys.map(JSONValue.string)
        case .string(let text): text.map { .string(String($0)) }
        default: throw .failed("a list is needed, got \(TemplateText.kind(value))")
        }
    }

    /// A member of an item, by a path with dots; the item itself without one.
    private static func at(_ attribute: String?, of item: JSONValue) -> JSONValue {
        guard let attribute else { return item }
        return attribute.split(separator: ".").reduce(item) { $0[String($1)] ?? .null }
    }

    private static func sorted(_ input: TemplateFilterInput) throws(Failure) -> [JSONValue] {
        let isFolded = !input.flag("case_sensitive")
        let keyed = try items(of: input.value).map { item -> (key: JSONValue, item: JSONValue) in
            let key = at(input.text("attribute"), of: item)
            return (isFolded ? key.string.map { .string($0.lowercased()) } ?? key : key, item)
        }
        if let first = keyed.first,
            let odd = keyed.first(where: { TemplateArithmetic.order(first.key, $0.key) == nil })
        {
            throw .failed("\(TemplateText.kind(first.key)) and \(TemplateText.kind(odd.key)) have no order")
        }
        let isReversed = input.flag("reverse")
        // Positions keep equal items in their order; Swift's sort is stable in fact and not by promise.
        let order = keyed.enumerated().sorted { left, right in
            let order = TemplateArithmetic.order(left.element.key, right.element.key) ?? 0
            return order == 0 ? left.offset < right.offset : (order < 0) != isReversed
        }
        return order.map(\.element.item)
    }

    private static func extreme(
        _ input: TemplateFilterInput, isFirst: (Int) -> Bool
    ) throws(Failure) -> JSONValue {
        let attribute = input.text("attribute")
        var best: JSONValue?
        for item in try items(of: input.value) {
            guard let current = best else {
                best = item
                continue
            }
            let (key, other) = (at(attribute, of: item), at(attribute, of: current))
            guard let order = TemplateArithmetic.order(key, other) else {
                throw .failed("\(TemplateText.kind(key)) and \(TemplateText.kind(other)) have no order")
            }
            if isFirst(order) { best = item }
        }
        return best ?? .null
    }

    @Sendable private static func mapProblem(_ parameter: String, _ text: String) -> String? {
        // The table of all filters holds this very filter, so it is looked at by the parts that map can use.
        guard parameter == "filter", !mappable.contains(where: { $0.name == text }) else { return nil }
        let names = mappable.map(\.name)
        let hint = Suggestion.nearest(to: text, among: names).map { " (did you mean '\($0)'?)" }
        return "unknown filter '\(text)'\(hint ?? "; for a member write map(attribute=\"\(text)\")")"
    }

    /// Filters that can be applied to each item without arguments.
    private static var mappable: [TemplateFilter] { textFilters + numberFilters + dateFilters }

    private static func mapped(_ input: TemplateFilterInput) throws(Failure) -> [JSONValue] {
        let items = try items(of: input.value)
        if let attribute = input.text("attribute") {
            return items.map { item in
                let value = at(attribute, of: item)
                return value.isNull ? input["default"] ?? .null : value
            }
        }
        guard let name = input.text("filter"), let filter = mappable.first(where: { $0.name == name }) else {
            throw .failed("it needs a filter or an attribute, as in map(attribute=\"name\")")
        }
        return try items.map { (item) throws(Failure) in try filter.result(of: item, TemplateCall()) }
    }
}
