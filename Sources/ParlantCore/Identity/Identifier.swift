/// The identity of one kind of entity: a non-empty string that is stable for the entity's whole life.
///
/// The phantom parameter keeps a customer's id from being passed where a session's is expected; the text itself
/// is free, because integrators map their own user ids (e-mail addresses, UUIDs, …) onto it. Two ids are the same when
/// they have the same bytes, as in databases; ids that only look the same are not.
public struct Identifier<Entity>: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    /// The id as it stands on the wire and in stores.
    public let rawValue: String

    /// Wraps an id that came from a client, a script or a store. The text is not checked here.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Wraps an id that came from a client, a script or a store. The text is not checked here.
    public init(_ rawValue: String) { self.rawValue = rawValue }

    public init(stringLiteral value: String) { self.rawValue = value }

    public var description: String { rawValue }

    public static func == (left: Self, right: Self) -> Bool { left.rawValue.hasSameBytes(as: right.rawValue) }

    /// Not left to the standard library, which would compare the texts of what has a raw value.
    public static func != (left: Self, right: Self) -> Bool { !(left == right) }

    public static func < (left: Self, right: Self) -> Bool { ByteText(left.rawValue) < ByteText(right.rawValue) }

    public func hash(into hasher: inout Hasher) { rawValue.hashBytes(into: &hasher) }
}

public typealias AgentID = Identifier<Agent>
public typealias CustomerID = Identifier<Customer>
public typealias TagID = Identifier<Tag>
public typealias SessionID = Identifier<Session>
public typealias EventID = Identifier<Event>
public typealias GuidelineID = Identifier<Guideline>
public typealias CannedResponseID = Identifier<CannedResponse>

/// Groups everything that one request caused: 32 hexadecimal digits, new for each request that starts a turn.
public typealias TraceID = Identifier<TraceScope>

/// Phantom type of ``TraceID``; has no values.
public enum TraceScope {}
