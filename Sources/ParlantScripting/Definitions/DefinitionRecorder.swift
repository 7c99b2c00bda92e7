import LuaRuntime
import ParlantCore
import Synchronization

/// Collects what the constructors of one VM make, and everything that is wrong with it. Constructors do not raise for
/// bad content, so that one load reports all problems.
final class DefinitionRecorder: Sendable {
    private struct State {
        var definitions: [Definition] = []
        var statements: [Statement] = []
        var problems: [LoadProblem] = []
        var tags: [String: Int] = [:]
        var sealed = false
    }

    /// Bundle that the VM is for.
    let bundle: String
    /// The bundle's first file; problems without a line stand there.
    let mainFile: String
    /// Tells a file's bundle.
    private let owner: @Sendable (_ file: String) -> String
    private let state = Mutex(State())

    init(bundle: String, mainFile: String, owner: @escaping @Sendable (_ file: String) -> String) {
        self.bundle = bundle
        self.mainFile = mainFile
        self.owner = owner
    }

    /// Ends the time of definitions: constructors raise from now on.
    func seal() { state.withLock { $0.sealed = true } }

    /// What was made, in order.
    var definitions: [Definition] { state.withLock { $0.definitions } }

    /// What verbs said, in order.
    var statements: [Statement] { state.withLock { $0.statements } }

    /// What is wrong so far, in order of discovery.
    var problems: [LoadProblem] { state.withLock { $0.problems } }

    /// Notes a problem at a place of the script.
    func note(_ message: String, at location: SourceLocation?) {
        let file = location?.file ?? mainFile
        let line = (location?.line ?? 0) > 0 ? location?.line : nil
        let problem = LoadProblem(bundle: bundle, file: file, line: line, message: message)
        state.withLock { $0.problems.append(problem) }
    }

    /// The definition behind a handle; nil for handles of other things.
    func definition(_ handle: LuaHandle) -> Definition? {
        state.withLock { state in
            guard state.definitions.indices.contains(handle.id) else { return nil }
            let definition = state.definitions[handle.id]
            return definition.kind.rawValue == handle.kind ? definition : nil
        }
    }

    /// Records what a verb said.
    func state(_ content: Statement.Content, of subject: LuaHandle, at location: SourceLocation) {
        state.withLock {
            $0.statements.append(Statement(subject: subject, content: content, location: location))
        }
    }

    /// Records one call of a constructor.
    ///
    /// - Throws: `HostError` when the files are loaded already.
    func define(
        _ kind: EntityKind, owner: Int?, spec: LuaValue, misuse: String?, location: LuaLocation?
    ) throws -> Definition {
        try requireLoading()
        let place = SourceLocation(location, else: mainFile)
        var validator = SpecValidator { [self] in name(of: $0) }
        var fields: [String: LuaValue] = [:]
        var parameters: [ParameterDefinition] = []
        if let misuse {
            validator.note(misuse)
        } else if let schema = kind.schema {
            fields = validator.record(spec, schema)
            if kind == .tool {
                parameters = ParameterRules(isConfig: false).read(fields["parameters"], into: &validator)
            } else if kind == .agent || kind == .plugin {
                parameters = ParameterRules(isConfig: true).read(fields["config"], into: &validator)
            }
            EntityRules.check(kind, fields, of: spec, into: &validator)
        }
        let definition = append(
            kind, owner: owner, fields: fields, parameters: parameters, at: place, name: Self.name(in: spec))
        for text in validator.notes { note("\(definition.label): \(text)", at: place) }
        return definition
    }

    /// Records a call whose table could not cross; `message` says why, with the path as the bridge writes it.
    func defineBroken(
        _ kind: EntityKind, owner: Int?, name: String?, message: String, location: LuaLocation?
    ) throws -> Definition {
        try requireLoading()
        let place = SourceLocation(location, else: mainFile)
        let definition = append(kind, owner: owner, fields: [:], parameters: [], at: place, name: name)
        note("\(definition.label): \(Wording.uncrossed(message))", at: place)
        return definition
    }

    /// The tag of this name; the same name is the same tag.
    func tag(_ name: String, id: String? = nil, location: LuaLocation?) -> Definition {
        if let number = state.withLock({ $0.tags[id ?? name] }) { return definitions[number] }
        let place = SourceLocation(location, else: mainFile)
        let tag = append(
            .tag, owner: nil, fields: ["name": .string(name)], parameters: [], at: place, name: name, id: id ?? name)
        state.withLock { $0.tags[tag.id] = tag.number }
        return tag
    }

    /// Raises when the files are loaded already.
    func requireLoading() throws {
        if state.withLock({ $0.sealed }) { throw HostError(Wording.whileLoading) }
    }

    /// How a handle is called in a message.
    func name(of handle: LuaHandle) -> String {
        let kind = EntityKind(rawValue: handle.kind)
        var named = handle
        if kind == .anyOf || kind == .allOf { named.kind = EntityKind.tag.rawValue }
        guard let kind, let definition = definition(named) else { return kind?.luaName ?? handle.kind }
        return "\(kind.luaName) \(Wording.quote(definition.id))"
    }

    private func append(
        _ kind: EntityKind, owner: Int?, fields: [String: LuaValue], parameters: [ParameterDefinition],
        at place: SourceLocation, name: String?, id: String? = nil
    ) -> Definition {
        state.withLock { state in
            let agent = owner.flatMap { state.definitions.indices.contains($0) ? state.definitions[$0].id : nil }
            let definition = Definition(
                kind: kind, number: state.definitions.count, owner: owner, fields: fields, parameters: parameters,
                location: place, bundle: self.owner(place.file),
                id: id ?? self.id(of: kind, fields, agent: agent, file: place.file),
                name: name)
            state.definitions.append(definition)
            return definition
        }
    }

    private func id(of kind: EntityKind, _ fields: [String: LuaValue], agent: String?, file: String) -> String {
        if let id = fields["id"]?.text { return id }
        switch kind {
        case .term, .variable: return fields["name"]?.text.map { DerivedID.make(agent ?? "", kind.rawValue, $0) } ?? ""
        // Nothing of a function is as stable as its being the only one of its owner.
        case .retriever: return DerivedID.make(agent ?? "", kind.rawValue)
        default: break
        }
        // What is empty for another reason is not also the double of something else that is empty.
        let texts = ["condition", "action", "template", "title"].map { fields[$0]?.text ?? "" }
        if kind != .agent, texts.allSatisfy(\.isEmpty) { return fields["name"]?.text ?? "" }
        switch kind {
        case .agent: return owner(file)
        case .journey: return DerivedID.make(agent ?? "", kind.rawValue, texts[3])
        case .guideline, .observation:
            // A title is for people and may change; it counts only where there is nothing else.
            let title = texts[0].isEmpty && texts[1].isEmpty ? texts[3] : ""
            return DerivedID.make(agent ?? "", kind.rawValue, texts[0], texts[1], title)
        case .cannedResponse:
            return DerivedID.make(agent ?? "", kind.rawValue, texts[2])
        default: return fields["name"]?.text ?? ""
        }
    }

    /// What a person would call it: the first of its names that was given.
    private static func name(in spec: LuaValue) -> String? {
        let fields = spec.fields ?? []
        for key in ["id", "name", "title", "condition", "action", "template"] {
            if let text = fields.first(where: { $0.key == key })?.value.text, !text.isEmpty { return text }
        }
        return nil
    }
}

extension SourceLocation {
    /// A line of a script; line 0 of `file` when none is known.
    init(_ location: LuaLocation?, else file: String) {
        self.init(file: location?.file ?? file, line: location?.line ?? 0)
    }
}
