import ParlantCore

/// Puts the store's ids in the place of the names of tags. Tags that mean something by themselves, those of owners and
/// the preamble's, stay; a name without an id is left out.
struct TagResolution {
    /// Id of each name.
    let ids: [String: TagID]

    func resolve(_ snapshot: AgentSnapshot) -> AgentSnapshot {
        var snapshot = snapshot
        snapshot.agent.tags = resolve(snapshot.agent.tags)
        for index in snapshot.guidelines.indices {
            snapshot.guidelines[index].tags = resolve(snapshot.guidelines[index].tags)
        }
        for index in snapshot.cannedResponses.indices {
            snapshot.cannedResponses[index].tags = resolve(snapshot.cannedResponses[index].tags)
        }
        for index in snapshot.journeys.indices {
            snapshot.journeys[index].tags = resolve(snapshot.journeys[index].tags)
        }
        snapshot.variableValues = snapshot.variableValues.compactMap(resolve)
        snapshot.relationships = snapshot.relationships.compactMap(resolve)
        return snapshot
    }

    private func resolve(_ tag: TagID) -> TagID? {
        if tag == BundleContents.preambleTag || tag.rawValue.hasPrefix(Self.journeys) { return tag }
        return ids[tag.rawValue]
    }

    private func resolve(_ tags: OrderedSet<TagID>) -> OrderedSet<TagID> { OrderedSet(tags.compactMap(resolve)) }

    private func resolve(_ value: VariableValue) -> VariableValue? {
        guard value.key.hasPrefix(Self.values) else { return value }
        guard let tag = resolve(TagID(String(value.key.dropFirst(Self.values.count)))) else { return nil }
        var value = value
        value.key = VariableValue.key(tag)
        return value
    }

    private func resolve(_ relationship: Relationship) -> Relationship? {
        guard let source = resolve(relationship.source), let target = resolve(relationship.target) else { return nil }
        var relationship = relationship
        relationship.source = source
        relationship.target = target
        return relationship
    }

    private func resolve(_ end: Relationship.End) -> Relationship.End? {
        guard case .tag(let tag) = end else { return end }
        return resolve(tag).map(Relationship.End.tag)
    }

    private static let journeys = Journey.owner("").rawValue
    private static let values = VariableValue.key(TagID(""))
}
