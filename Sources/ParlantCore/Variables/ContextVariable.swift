public import OrderedCollections

/// A value that an agent knows about whoever it talks to: one per customer, per tag of customers, or for everybody.
public struct ContextVariable: StoredEntity {
    public static var entityName: String { "variable" }

    public var id: VariableID
    public var name: String
    public var description: String?
    /// The tool that brings values; nil when they are only set.
    public var tool: ToolID?
    /// When a value of the tool is asked for anew.
    public var freshness: CronExpression?
    public var tags: OrderedSet<TagID>
    /// Where it counts.
    public var scope: Scope
    /// Where the script defines it.
    public var location: SourceLocation?

    public init(
        id: VariableID, name: String, description: String? = nil, tool: ToolID? = nil,
        freshness: CronExpression? = nil, tags: OrderedSet<TagID> = [], scope: Scope = .agent,
        location: SourceLocation? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.tool = tool
        self.freshness = freshness
        self.tags = tags
        self.scope = scope
        self.location = location
    }
}

public typealias VariableID = Identifier<ContextVariable>

/// The value of a variable for one key.
public struct VariableValue: StoredEntity {
    public static var entityName: String { "value" }

    public var variable: VariableID
    /// A customer's id, `tag:<tag id>`, or `DEFAULT`; any text is kept.
    public var key: String
    /// Changes with each new value; opaque to clients.
    public var revision: String
    public var modifiedAt: Timestamp
    public var data: JSONValue
    /// Where the script gives it.
    public var location: SourceLocation?

    public init(
        variable: VariableID, key: String, revision: String, modifiedAt: Timestamp, data: JSONValue,
        location: SourceLocation? = nil
    ) {
        self.variable = variable
        self.key = key
        self.revision = revision
        self.modifiedAt = modifiedAt
        self.data = data
        self.location = location
    }

    /// The key of the value for everybody who has no other.
    public static let defaultKey = "DEFAULT"
    /// The key of the value for customers with a tag.
    public static func key(_ tag: TagID) -> String { "tag:\(tag)" }
    /// The key of one customer's value.
    public static func key(_ customer: CustomerID) -> String { customer.rawValue }

    /// Where the value of a variable for a key is kept. The length makes two pairs never share an id.
    public static func id(_ variable: VariableID, _ key: String) -> Identifier<VariableValue> {
        Identifier("\(variable.rawValue.utf8.count):\(variable)/\(key)")
    }

    /// The tag by which the values of a variable are listed.
    public static func owner(_ variable: VariableID) -> TagID { TagID("variable:\(variable)") }

    /// The tag by which the values for a key are listed, whichever variable they are of.
    public static func holder(_ key: String) -> TagID { TagID("key:\(key)") }

    public var id: Identifier<VariableValue> { Self.id(variable, key) }
    public var tags: OrderedSet<TagID> { [Self.owner(variable), Self.holder(key)] }
}
