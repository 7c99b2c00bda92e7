public import ParlantCore

/// What the relationships of an agent made of one guideline or journey in a turn, and why.
public struct ResolutionRecord: Sendable, Equatable {
    /// Who is spoken of.
    public enum Entity: Sendable, Hashable {
        case guideline(GuidelineID)
        case journey(JourneyID)
        case tag(TagID)
        case tool(ToolID)
    }

    /// What was decided. Raw values are the reference's, but for the last, which the reference does not record.
    public enum Kind: String, Sendable, CaseIterable {
        /// No relationship changed anything.
        case none
        /// Dropped: something that it depends on does not apply.
        case unmetDependencyAll = "unmet_dependency_all"
        /// Dropped: nothing out of a group that it depends on applies.
        case unmetDependencyAny = "unmet_dependency_any"
        /// Dropped: something else goes before it, or before what it depends on.
        case deprioritized
        /// Added: something that applies entails it.
        case entailed
        /// Made the question which of several things is meant, or dropped until that is answered.
        case disambiguated
    }

    /// One decision.
    public struct Decision: Sendable, Equatable {
        public var kind: Kind
        /// One sentence for people, without the name of the entity.
        public var reason: String
        /// What the agent's author said; nil where numbers decide.
        public var relationship: Relationship?
        /// The others that the decision is about: what is missing, what goes before, what entails.
        public var counterparts: [Entity]

        init(_ kind: Kind, _ reason: String, _ relationship: Relationship? = nil, _ counterparts: [Entity] = []) {
            self.kind = kind
            self.reason = reason
            self.relationship = relationship
            self.counterparts = counterparts
        }
    }

    public var entity: Entity
    /// Whether it applies after all.
    public var applies: Bool
    /// Never empty; the last one says how it ended.
    public var decisions: [Decision]

    /// How it ended.
    public var kind: Kind { decisions.last?.kind ?? .none }
}

extension ResolutionRecord.Entity: CustomStringConvertible {
    /// The entity in a sentence: `guideline 'upset'`.
    public var description: String { ResolutionWording.name(self) }
}
