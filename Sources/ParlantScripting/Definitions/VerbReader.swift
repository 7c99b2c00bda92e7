import LuaRuntime
import ParlantCore

/// Reads the arguments of one call of a verb, and notes what is wrong with them.
struct VerbReader {
    let subject: LuaHandle
    let form: MethodSchema.Form
    /// How a handle is called in a message.
    let nameOfHandle: (LuaHandle) -> String
    /// What is wrong, without the verb's name.
    private(set) var notes: [String] = []

    init(_ subject: LuaHandle, _ form: MethodSchema.Form, nameOfHandle: @escaping (LuaHandle) -> String) {
        self.subject = subject
        self.form = form
        self.nameOfHandle = nameOfHandle
    }

    /// What the call says; nil where nothing of it can be used.
    mutating func read(_ arguments: [LuaValue]) -> Statement.Content? {
        switch form {
        case .relate(let verb):
            let targets = verb.takesList ? list(arguments, verb) : each(arguments, verb)
            return targets.isEmpty ? nil : .relation(verb, targets)
        case .attach:
            let journeys = handles(arguments, [.journey]).map(\.id)
            return journeys.isEmpty ? nil : .attachment(journeys)
        case .on: return hook(arguments)
        case .setDefault:
            guard arguments.count == 1 else { return refuse(VerbWording.oneValue, arguments) }
            return value(arguments[0], for: .everybody)
        case .setFor: return valueFor(arguments)
        case .define: return nil
        }
    }

    // MARK: Relations

    private mutating func list(_ arguments: [LuaValue], _ verb: RelationVerb) -> [Statement.Target] {
        guard arguments.count == 1, let items = arguments[0].items else {
            notes.append(VerbWording.oneList(verb.rawValue))
            return []
        }
        guard items.count >= verb.fewestTargets else {
            notes.append(VerbWording.tooFew(items.count))
            return []
        }
        return each(items, verb)
    }

    private mutating func each(_ arguments: [LuaValue], _ verb: RelationVerb) -> [Statement.Target] {
        handles(arguments, verb.targets, of: verb.rawValue).compactMap { handle in
            switch EntityKind(rawValue: handle.kind) {
            case .anyOf: Statement.Target(handle: Self.tag(handle), quantifier: .any)
            case .allOf: Statement.Target(handle: Self.tag(handle))
            default: Statement.Target(handle: handle)
            }
        }
    }

    private static func tag(_ handle: LuaHandle) -> LuaHandle {
        LuaHandle(kind: EntityKind.tag.rawValue, id: handle.id)
    }

    /// The handles among the arguments that are of the kinds.
    private mutating func handles(
        _ arguments: [LuaValue], _ kinds: [EntityKind], of verb: String = "attach"
    ) -> [LuaHandle] {
        if arguments.isEmpty { notes.append(VerbWording.noTargets) }
        var handles: [LuaHandle] = []
        for (index, argument) in arguments.enumerated() {
            if let handle = argument.handle, !Self.isTarget(handle, kinds), handle != subject {
                let expectation = FieldType.handle(kinds).expectation
                notes.append(VerbWording.wrongTarget(index + 1, expectation, got: nameOfHandle(handle)))
            } else if let text = problem(of: argument, verb) {
                notes.append(VerbWording.target(index + 1, text))
            } else if let handle = argument.handle, handle.kind != EntityKind.void.rawValue {
                handles.append(handle)
            }
        }
        return handles
    }

    /// Whether a verb can be said of it; a stand-in was reported where it was read.
    private static func isTarget(_ handle: LuaHandle, _ kinds: [EntityKind]) -> Bool {
        handle.kind == EntityKind.void.rawValue || kinds.contains { $0.rawValue == handle.kind }
    }

    private func problem(of argument: LuaValue, _ verb: String) -> String? {
        switch argument {
        case .handle(let handle): return handle == subject ? VerbWording.selfTarget : nil
        case .nil: return VerbWording.nothing
        case .array, .object: return VerbWording.oneByOne(verb)
        case .string: return VerbWording.notAHandle("a string")
        case .integer, .number: return VerbWording.notAHandle("a number")
        default: return VerbWording.notAHandle(found(argument))
        }
    }

    // MARK: Others

    private mutating func hook(_ arguments: [LuaValue]) -> Statement.Content? {
        guard arguments.count == 2, let word = arguments[0].text, let function = arguments[1].function else {
            return refuse(VerbWording.onArguments, arguments)
        }
        guard let step = HookStep(rawValue: word) else {
            notes.append(VerbWording.unknownHook(word, among: HookStep.allCases.map(\.rawValue)))
            return nil
        }
        return .hook(step, function)
    }

    private mutating func valueFor(_ arguments: [LuaValue]) -> Statement.Content? {
        guard arguments.count == 2, let handle = arguments[0].handle else {
            return refuse(VerbWording.whomAndValue, arguments)
        }
        switch EntityKind(rawValue: handle.kind) {
        case .tag: return value(arguments[1], for: .tag(handle.id))
        case .customer: return value(arguments[1], for: .customer(handle.id))
        case .void: return nil
        default: return refuse(VerbWording.whomAndValue, arguments)
        }
    }

    private mutating func value(_ value: LuaValue, for key: Statement.ValueKey) -> Statement.Content? {
        if value.handle?.kind == EntityKind.void.rawValue { return nil }
        guard SpecValidator.isJSON(value), let json = JSONValue(value) else {
            notes.append(Wording.expected(FieldType.json.expectation, got: found(value)))
            return nil
        }
        return .value(key, json)
    }

    private mutating func refuse(_ sentence: String, _ arguments: [LuaValue]) -> Statement.Content? {
        let got = arguments.isEmpty ? "nothing" : arguments.map(found).joined(separator: ", ")
        notes.append("\(sentence), got \(got)")
        return nil
    }

    private func found(_ value: LuaValue) -> String { SpecValidator(nameOfHandle: nameOfHandle).found(value) }
}
