import LuaRuntime
import ParlantCore

/// Turns what verbs say about the parts of one agent into relationships, and reports what contradicts.
struct RelationAssembler {
    private let agent: AgentAssembler
    private(set) var relationships: [Relationship] = []
    /// Targets of statements whose ends the agent has.
    private(set) var said: Set<AgentAssembler.Said> = []

    init(agent: AgentAssembler) {
        self.agent = agent
        var rules = RelationRules()
        var groups: [LuaHandle: Int] = [:]
        var seen: Set<RelationshipID> = []
        for (index, statement) in agent.recorder.statements.enumerated() {
            guard case .relation(let verb, let targets) = statement.content, agent.has(statement.subject),
                let subject = agent.recorder.definition(statement.subject)
            else { continue }
            var group: String?
            if verb == .dependOnAny {
                groups[statement.subject, default: 0] += 1
                group = String(groups[statement.subject, default: 0])
            }
            for (position, target) in targets.enumerated() where agent.has(target.handle) {
                guard let object = agent.recorder.definition(target.handle) else { continue }
                said.insert(AgentAssembler.Said(statement: index, target: position))
                let made = relationship(verb, subject, object, target, group, at: statement.location)
                guard seen.insert(made.id).inserted else { continue }
                relationships.append(made)
                rules.add(verb, from: subject, to: object, target.quantifier, at: statement.location)
            }
        }
        for problem in rules.problems() { agent.recorder.note(problem.text, at: problem.location) }
    }

    private func relationship(
        _ verb: RelationVerb, _ subject: Definition, _ object: Definition, _ target: Statement.Target,
        _ group: String?, at location: SourceLocation
    ) -> Relationship {
        let id = DerivedID.make(
            agent.id.rawValue, verb.rawValue, "\(subject.kind.rawValue) \(subject.id)",
            "\(object.kind.rawValue) \(object.id)", group ?? "", target.quantifier.rawValue)
        return Relationship(
            id: RelationshipID(id), kind: verb.kind, source: Self.end(subject), target: Self.end(object), group: group,
            quantifier: target.quantifier, location: location)
    }

    private static func end(_ definition: Definition) -> Relationship.End {
        switch definition.kind {
        case .journey: .tag(Journey.owner(JourneyID(definition.id)))
        case .tag: .tag(TagID(definition.id))
        case .tool: .tool(definition.toolID)
        default: .guideline(GuidelineID(definition.id))
        }
    }
}
