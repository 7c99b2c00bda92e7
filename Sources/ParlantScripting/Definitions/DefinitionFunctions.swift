public import LuaRuntime
import ParlantCore

/// The host side of `require "parlant"`.
struct DefinitionFunctions {
    let recorder: DefinitionRecorder

    var all: [HostFunction] {
        [
            kinds, constructors, define, defineBroken, tag, tagMatch, preambleTag, unknownWord, unknownTool, assign,
            result,
        ]
            + VerbFunctions(recorder: recorder).all
    }

    private var kinds: HostFunction {
        .immediate("kinds") { _ in
            [.array(EntityKind.allCases.filter { $0 != .void }.map { .string($0.rawValue) })]
        }
    }

    /// Names of the module's constructors, each with the kind that it makes.
    private var constructors: HostFunction {
        .immediate("constructors") { _ in
            [
                .object(
                    ModuleSchema.members.compactMap { member in
                        guard case .define(let kind) = member.form else { return nil }
                        return LuaField(member.name, .string(kind.rawValue))
                    })
            ]
        }
    }

    /// Arguments: kind, owner, whether a method was called with a colon, number of arguments, the arguments.
    private var define: HostFunction {
        .immediate("define", passesFunctions: true) { [recorder] call in
            let kind = try Self.kind(call)
            let count = call.argument(3).int ?? 0
            let spec = call.argument(4)
            var misuse: String?
            if call.argument(2).flag == false {
                misuse = Wording.colon(kind.rawValue)
            } else if count != 1 || spec.fields == nil {
                let found = SpecValidator { recorder.name(of: $0) }.found(spec)
                misuse = "\(Wording.oneTable), got \(count > 1 ? "\(count) values" : found)"
            }
            let owner = call.argument(1).handle
            let definition = try recorder.define(
                kind, owner: owner?.id, spec: spec, misuse: misuse, location: call.location)
            if let owner, kind == .journey {
                recorder.state(.attachment([definition.number]), of: owner, at: definition.location)
            }
            return Self.answer(definition)
        }
    }

    /// Arguments: kind, owner, name, message of the crossing.
    private var defineBroken: HostFunction {
        .immediate("define_broken") { [recorder] call in
            let definition = try recorder.defineBroken(
                try Self.kind(call), owner: call.argument(1).handle?.id, name: call.argument(2).text,
                message: call.argument(3).text ?? "", location: call.location)
            return Self.answer(definition)
        }
    }

    private var tag: HostFunction {
        .immediate("tag") { [recorder] call in
            try recorder.requireLoading()
            let name = call.argument(1)
            guard call.argument(0).int == 1, let text = name.text else {
                let found = SpecValidator { recorder.name(of: $0) }.found(name)
                recorder.note(
                    "tag: \(Wording.tagName), got \(found)", at: SourceLocation(call.location, else: recorder.mainFile))
                return [.handle(LuaHandle(kind: EntityKind.void.rawValue, id: 0)), .object([])]
            }
            guard (1...50).contains(text.count) else {
                let expected = FieldType.shortText(1...50).expectation
                recorder.note(
                    "tag \(Wording.quote(text)): name: \(Wording.expected(expected, got: "\(text.count)"))",
                    at: SourceLocation(call.location, else: recorder.mainFile))
                return [.handle(LuaHandle(kind: EntityKind.void.rawValue, id: 0)), .object([])]
            }
            if let prefix = Self.reservedPrefixes.first(where: text.hasPrefix) {
                recorder.note(
                    "tag \(Wording.quote(text)): \(VerbWording.reservedTag(prefix))",
                    at: SourceLocation(call.location, else: recorder.mainFile))
            }
            return Self.answer(recorder.tag(text, location: call.location))
        }
    }

    /// What tags of owners begin with; a name like that would be taken for one.
    private static let reservedPrefixes = ["agent:", "journey:", "guideline:"]

    /// Arguments: `any_of` or `all_of`, number of arguments, the tag.
    private var tagMatch: HostFunction {
        .immediate("tag_match") { [recorder] call in
            try recorder.requireLoading()
            let word = call.argument(0).text ?? ""
            let tag = call.argument(2).handle
            if call.argument(1).int == 1, let tag, tag.kind == EntityKind.tag.rawValue {
                return [.handle(LuaHandle(kind: word, id: tag.id))]
            }
            if tag?.kind != EntityKind.void.rawValue {
                let found = SpecValidator { recorder.name(of: $0) }.found(call.argument(2))
                recorder.note(
                    "parlant.\(word): \(VerbWording.tagMatch(word)), got \(found)",
                    at: SourceLocation(call.location, else: recorder.mainFile))
            }
            return [.handle(LuaHandle(kind: EntityKind.void.rawValue, id: 0))]
        }
    }

    private var preambleTag: HostFunction {
        .immediate("preamble_tag") { [recorder] call in
            Self.answer(recorder.tag("preamble", id: BundleContents.preambleTag.rawValue, location: call.location))
        }
    }

    /// Arguments: a handle or the name of a module, and the word. Notes a problem and answers with a stand-in; raises
    /// in a handler. A word that is known but has no value is nil.
    private var unknownWord: HostFunction {
        .immediate("unknown_word") { [recorder] call in
            let word = call.argument(1)
            let text = word.text ?? SpecValidator { recorder.name(of: $0) }.found(word)
            let (label, vocabulary) = Self.subject(call.argument(0), recorder)
            if vocabulary.words.contains(text) { return [.nil] }
            let message = "\(label): \(vocabulary.refusal(of: text))"
            do { try recorder.requireLoading() } catch { throw HostError(message) }
            recorder.note(message, at: SourceLocation(call.location, else: recorder.mainFile))
            return [.handle(LuaHandle(kind: EntityKind.void.rawValue, id: 0))]
        }
    }

    private var unknownTool: HostFunction {
        .immediate("unknown_tool") { [recorder] call in
            guard let handle = call.argument(0).handle, let plugin = recorder.definition(handle),
                let name = call.argument(1).text
            else { return [.nil] }
            let tools = plugin.handles("tools").compactMap { recorder.definition($0)?.id }
            let message = "\(plugin.label): tools: \(Wording.noSuchWord(name, among: tools))"
            do { try recorder.requireLoading() } catch { throw HostError(message) }
            recorder.note(message, at: SourceLocation(call.location, else: recorder.mainFile))
            return [.handle(LuaHandle(kind: EntityKind.void.rawValue, id: 0))]
        }
    }

    private var assign: HostFunction {
        .immediate("assign") { [recorder] call in
            let (label, _) = Self.subject(call.argument(0), recorder)
            let word = call.argument(1).text ?? ""
            throw HostError("\(label): \(word): \(Wording.readOnlyHandle)")
        }
    }

    /// Checks the table of `parlant.result`; raises, because it is called in a handler.
    private var result: HostFunction {
        .immediate("result") { [recorder] call in
            var validator = SpecValidator { recorder.name(of: $0) }
            _ = validator.record(call.argument(0), .result)
            if !validator.notes.isEmpty {
                throw HostError("parlant.result: \(validator.notes.joined(separator: "; "))")
            }
            return []
        }
    }

    private static func kind(_ call: HostCall) throws -> EntityKind {
        guard let kind = call.argument(0).text.flatMap(EntityKind.init(rawValue:)) else {
            throw HostError("the prelude named no kind")
        }
        return kind
    }

    private static func subject(
        _ value: LuaValue, _ recorder: DefinitionRecorder
    ) -> (label: String, vocabulary: Vocabulary) {
        if let handle = value.handle, let kind = EntityKind(rawValue: handle.kind) {
            return (recorder.definition(handle)?.label ?? kind.noun, .handle(kind))
        }
        switch value.text {
        case "parlant.tags": return ("parlant.tags", Vocabulary(words: ["preamble"]))
        case "parlant.json":
            return ("parlant.json", Vocabulary(words: ["encode", "decode", "object", "array", "null"]))
        default: return ("parlant", .module)
        }
    }

    /// The handle, and what a script can read of it.
    private static func answer(_ definition: Definition) -> [LuaValue] {
        var record: [LuaField] = [LuaField("id", .string(definition.id))]
        let readable = HandleSchema.of(definition.kind).fields.map(\.name)
        for (name, value) in definition.fields where name != "id" && name != "tools" && readable.contains(name) {
            record.append(LuaField(name, value))
        }
        if definition.kind == .plugin {
            record.append(LuaField("tools", .array(definition.handles("tools").map(LuaValue.handle))))
        }
        return [.handle(LuaHandle(kind: definition.kind.rawValue, id: definition.number)), .object(record)]
    }
}

extension HostCall {
    /// An argument; one that was not given is nil, as in Lua.
    public func argument(_ index: Int) -> LuaValue { arguments.indices.contains(index) ? arguments[index] : .nil }
}
