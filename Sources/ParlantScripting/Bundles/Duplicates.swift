import ParlantCore

extension DefinitionRecorder {
    /// Notes each definition whose key an earlier one has.
    func reportDuplicates(of definitions: [Definition], by key: (Definition) -> String) {
        var seen: [String: Definition] = [:]
        for definition in definitions {
            let key = key(definition)
            guard let other = seen[key] else {
                seen[key] = definition
                continue
            }
            let place = other.location.place(from: definition.location)
            note("\(definition.label): \(Self.duplicate(definition, at: place))", at: definition.location)
        }
    }

    private static func duplicate(_ definition: Definition, at place: String) -> String {
        switch definition.kind {
        case .tool, .term, .variable: return Wording.nameUsedAlready(at: place)
        default: break
        }
        if definition.text("id") != nil { return Wording.usedAlready(at: place) }
        return definition.kind == .agent ? Wording.severalAgents(at: place) : Wording.sameAlready(at: place)
    }
}

extension SourceLocation {
    /// How a sentence about another place names this one: `line 31`, or with the file when it is another.
    func place(from other: SourceLocation) -> String { file == other.file ? "line \(line)" : "\(self)" }
}
