/// How one entity stands to another.
public struct Relationship: StoredEntity {
    /// What the relationship means. Raw values are the wire's.
    public enum Kind: String, Sendable, CaseIterable {
        case entailment, priority, dependency, disambiguation, overlap, reevaluation
    }

    /// One of the two that are related.
    public enum End: Sendable, Hashable {
        case guideline(GuidelineID)
        case tag(TagID)
        case tool(ToolID)
    }

    /// How many of those that have a tag must apply for the tag to count as applying.
    public enum Quantifier: String, Sendable { case all, any }

    public static var entityName: String { "relationship" }

    public var id: RelationshipID
    public var kind: Kind
    public var source: End
    public var target: End
    /// Of a dependency: it is enough that one of those with the same source and group holds. Nil: this one must hold.
    public var group: String?
    /// How a tag at the target counts.
    public var quantifier: Quantifier
    /// Where the script says it.
    public var location: SourceLocation?

    public init(
        id: RelationshipID, kind: Kind, source: End, target: End, group: String? = nil, quantifier: Quantifier = .all,
        location: SourceLocation? = nil
    ) {
        self.id = id
        self.kind = kind
        self.source = source
        self.target = target
        self.group = group
        self.quantifier = quantifier
        self.location = location
    }

    /// That a guideline of a journey applies only while the journey is active; nil for a guideline without a journey.
    public static func onJourney(of guideline: Guideline) -> Relationship? {
        guard case .journey(let journey) = guideline.scope else { return nil }
        return Relationship(
            id: RelationshipID("\(guideline.id)-in-\(journey)"), kind: .dependency, source: .guideline(guideline.id),
            target: .tag(Journey.owner(journey)), location: guideline.location)
    }

    /// Whether it says the same as another, whatever their ids.
    public func repeats(_ other: Relationship) -> Bool {
        kind == other.kind && source == other.source && target == other.target
    }

    /// Whether it begins or ends there.
    public func touches(_ end: End) -> Bool { source == end || target == end }
}

public typealias RelationshipID = Identifier<Relationship>

extension Sequence<Relationship> {
    /// Those that touch `end`, and with `indirect` those that are reached from it by chains of one kind, all forwards
    /// or all backwards. Each once, in the order of the sequence; loops are fine.
    public func connected(to end: Relationship.End, indirect: Bool) -> [Relationship] {
        let all = Array(self)
        guard indirect else { return all.filter { $0.touches(end) } }
        var found: Set<RelationshipID> = []
        for kind in Relationship.Kind.allCases {
            let same = all.filter { $0.kind == kind }
            found.formUnion(same.reached(from: end, { $0.source }, { $0.target }))
            found.formUnion(same.reached(from: end, { $0.target }, { $0.source }))
        }
        return all.filter { found.contains($0.id) }
    }
}

extension [Relationship] {
    fileprivate func reached(
        from end: Relationship.End, _ near: (Relationship) -> Relationship.End,
        _ far: (Relationship) -> Relationship.End
    ) -> Set<RelationshipID> {
        let steps = Dictionary(grouping: self, by: near)
        var found: Set<RelationshipID> = []
        var seen: Set<Relationship.End> = [end]
        var waiting = [end]
        while let next = waiting.popLast() {
            for relationship in steps[next] ?? [] {
                found.insert(relationship.id)
                if seen.insert(far(relationship)).inserted { waiting.append(far(relationship)) }
            }
        }
        return found
    }
}
