import LuaRuntime
import ParlantCore
import ParlantScripting

/// Finds what a handle or an id in a test stands for among the things of the conversation's agent.
struct SpecSubjects {
    let definitions: SpecDefinitions
    let snapshot: AgentSnapshot

    init(_ definitions: SpecDefinitions, _ chat: SpecConversation) {
        self.definitions = definitions
        snapshot = chat.snapshot
    }

    /// - Throws: `HostError` for what is no guideline or observation of the agent.
    func guideline(_ value: LuaValue, _ word: String) throws -> Guideline {
        let id = try id(of: value, ["guideline", "observation"], "a guideline", word)
        guard let found = snapshot.guidelines.first(where: { $0.id.rawValue == id }) else {
            let names = snapshot.guidelines.map(\.id.rawValue)
            throw HostError("\(word): \(SpecWording.unknown("guideline", id, names))")
        }
        return found
    }

    /// - Throws: `HostError` for what is no journey of the agent.
    func journey(_ value: LuaValue, _ word: String) throws -> Journey {
        let id = try id(of: value, ["journey"], "a journey", word)
        guard let found = snapshot.journeys.first(where: { $0.id.rawValue == id }) else {
            throw HostError("\(word): \(SpecWording.unknown("journey", id, snapshot.journeys.map(\.id.rawValue)))")
        }
        return found
    }

    /// - Throws: `HostError` for what is no tool of the agent.
    func tool(_ value: LuaValue, _ word: String) throws -> ToolID {
        if let subject = value.handle.flatMap(definitions.subject), subject.kind == "tool" {
            let id = ToolID(service: subject.bundle, name: subject.id)
            if snapshot.tools[id] != nil { return id }
            throw HostError("\(word): \(SpecWording.unknown("tool", id.description, names))")
        }
        let name = try id(of: value, ["tool"], "a tool", word)
        let found = snapshot.tools.keys.first { $0.name == name || $0.description == name }
        guard let found else { throw HostError("\(word): \(SpecWording.unknown("tool", name, names))") }
        return found
    }

    private var names: [String] { snapshot.tools.keys.map(\.name).sorted() }

    func id(of value: LuaValue, _ kinds: [String], _ what: String, _ word: String) throws -> String {
        if let id = value.text { return id }
        if let subject = value.handle.flatMap(definitions.subject), kinds.contains(subject.kind) { return subject.id }
        throw HostError("\(word): \(SpecWording.expectedSubject(what, definitions.show(value)))")
    }
}
