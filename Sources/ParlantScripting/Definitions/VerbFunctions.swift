import LuaRuntime
import ParlantCore

/// The host side of the methods that add nothing of their own: verbs between handles, hooks, values.
struct VerbFunctions {
    let recorder: DefinitionRecorder

    var all: [HostFunction] { [methods, verb, verbBroken] }

    /// Methods by kind of handle: by name the kind that the method defines, or an empty text for a verb.
    private var methods: HostFunction {
        .immediate("methods") { _ in
            [
                .object(
                    EntityKind.allCases.map { kind in
                        LuaField(kind.rawValue, .object(HandleSchema.of(kind).methods.map(Self.entry)))
                    })
            ]
        }
    }

    private static func entry(_ method: MethodSchema) -> LuaField {
        if case .define(let kind) = method.form { return LuaField(method.name, .string(kind.rawValue)) }
        return LuaField(method.name, .string(""))
    }

    /// Arguments: the handle, the verb, whether it was called with a colon, number of arguments, the arguments.
    private var verb: HostFunction {
        .immediate("verb", passesFunctions: true) { [recorder] call in
            try recorder.requireLoading()
            guard let subject = call.argument(0).handle, let name = call.argument(1).text,
                let kind = EntityKind(rawValue: subject.kind),
                let method = HandleSchema.of(kind).methods.first(where: { $0.name == name })
            else { throw HostError("the prelude named no verb") }
            let location = SourceLocation(call.location, else: recorder.mainFile)
            let label = Self.label(subject, name, recorder)
            guard call.argument(2).flag == true else {
                recorder.note("\(label): \(VerbWording.colon(name))", at: location)
                return []
            }
            let count = Int(call.argument(3).int ?? 0)
            var reader = VerbReader(subject, method.form) { recorder.name(of: $0) }
            let content = reader.read((0..<count).map { call.argument(4 + $0) })
            for note in reader.notes { recorder.note("\(label): \(note)", at: location) }
            if let content { recorder.state(content, of: subject, at: location) }
            return []
        }
    }

    /// Arguments: the handle, the verb, message of the crossing.
    private var verbBroken: HostFunction {
        .immediate("verb_broken") { [recorder] call in
            try recorder.requireLoading()
            guard let subject = call.argument(0).handle else { return [] }
            let label = Self.label(subject, call.argument(1).text ?? "", recorder)
            recorder.note(
                "\(label): \(Wording.uncrossed(call.argument(2).text ?? ""))",
                at: SourceLocation(call.location, else: recorder.mainFile))
            return []
        }
    }

    /// `guideline "brakes": prioritize_over`
    private static func label(_ subject: LuaHandle, _ verb: String, _ recorder: DefinitionRecorder) -> String {
        "\(recorder.definition(subject)?.label ?? subject.kind): \(verb)"
    }
}
