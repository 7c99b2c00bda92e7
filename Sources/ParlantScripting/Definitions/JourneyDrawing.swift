import LuaRuntime

/// The states and ways of a journey as the script gave them, with whatever is wrong with them: for the checks that need
/// the whole drawing. What is not even a table of states is left out; the schema reported it.
struct JourneyDrawing {
    struct Way {
        /// Where it stands in its state: `next`, `next[2]`, `fork[1]`.
        var path: String
        var target: Target
    }

    enum Target: Equatable {
        case state(String)
        case end
    }

    struct State {
        var name: String
        /// Those of `chat`, `tool`, `tools`, `fork`, `journey` that it has, in this order.
        var kinds: [String]
        var hasNext: Bool
        var hasInstruction: Bool
        /// Whether it has a field that no state has, which may be meant for its kind.
        var hasUnknown: Bool
        var ways: [Way]

        /// Whether it calls tools and is of one kind.
        var callsTools: Bool { kinds == ["tool"] || kinds == ["tools"] }
    }

    /// Kinds that a state tells by its fields.
    static let kinds = ["chat", "tool", "tools", "fork", "journey"]

    var start: String?
    /// Sorted by name.
    var states: [State]

    /// Reads the table that was given for a journey.
    init(_ spec: LuaValue) {
        let fields = Self.dictionary(spec)
        start = fields["start"]?.text
        states = (fields["states"]?.fields ?? []).compactMap { field in
            guard field.value.fields != nil else { return nil }
            let state = Self.dictionary(field.value)
            return State(
                name: field.key, kinds: Self.kinds.filter { state[$0] != nil }, hasNext: state["next"] != nil,
                hasInstruction: state["instruction"] != nil,
                hasUnknown: state.keys.contains { RecordSchema.state.field($0) == nil },
                ways: Self.ways(state["next"], "next") + Self.ways(state["fork"], "fork"))
        }
    }

    /// The state of this name.
    func state(_ name: String) -> State? { states.first { $0.name == name } }

    /// Names of the states that can be reached, in the order in which they are: the start first, then breadth first.
    func reached(from start: String) -> [String] {
        var order = [start]
        var seen: Set = [start]
        var index = 0
        let byName = Dictionary(states.map { ($0.name, $0) }) { first, _ in first }
        while index < order.count {
            for way in byName[order[index]]?.ways ?? [] {
                guard case .state(let name) = way.target, byName[name] != nil, seen.insert(name).inserted else {
                    continue
                }
                order.append(name)
            }
            index += 1
        }
        return order
    }

    /// The ways in a field: a name, `parlant.END`, or a list of tables with a `to`.
    static func ways(_ value: LuaValue?, _ field: String) -> [Way] {
        guard let value else { return [] }
        if let target = target(value) { return [Way(path: field, target: target)] }
        return (value.items ?? []).enumerated().compactMap { index, item in
            dictionary(item)["to"].flatMap(target).map { Way(path: "\(field)[\(index + 1)]", target: $0) }
        }
    }

    /// The state or the end that a value names.
    static func target(_ value: LuaValue) -> Target? {
        if let name = value.text { return .state(name) }
        return value.handle?.kind == EntityKind.end.rawValue ? .end : nil
    }

    private static func dictionary(_ value: LuaValue) -> [String: LuaValue] {
        Dictionary((value.fields ?? []).map { ($0.key, $0.value) }) { first, _ in first }
    }
}
