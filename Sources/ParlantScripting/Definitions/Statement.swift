import LuaRuntime
import ParlantCore

/// What one call of a verb says about handles.
struct Statement: Sendable {
    /// The handle before the colon.
    var subject: LuaHandle
    var content: Content
    var location: SourceLocation

    enum Content: Sendable {
        case relation(RelationVerb, [Target])
        /// Numbers of the journeys.
        case attachment([Int])
        case hook(HookStep, LuaFunction)
        case value(ValueKey, JSONValue)
    }

    /// One target of a relation.
    struct Target: Sendable {
        /// A guideline, an observation, a journey, a tag or a tool.
        var handle: LuaHandle
        var quantifier = Relationship.Quantifier.all
    }

    /// For whom a variable has a value.
    enum ValueKey: Sendable, Hashable {
        case everybody
        /// Number of the tag.
        case tag(Int)
        /// Number of the customer.
        case customer(Int)
    }
}
