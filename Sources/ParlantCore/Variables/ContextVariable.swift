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

    public init(
        id: VariableID, name: String, description: String? = nil, tool: ToolID? = nil,
        freshness: CronExpression? = nil, tags: OrderedSet<TagID> = []
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.tool = tool
        self.freshness = freshness
        self.tags = tags
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

    public init(variable: VariableID, key: String, revision: String, modifiedAt: Timestamp, data: JSONValue) {
        self.variable = variable
        self.key = key
        self.revision = revision
        self.modifiedAt = modifiedAt
        self.data = data
    }

    /// Where the value of a variable for a key is kept. The length makes two pairs never share an id.
    public static func id(_ variable: VariableID, _ key: String) -> Identifier<VariableValue> {
        Identifier("\(variable.rawValue.utf8.count):\(variable)/\(key)")
    }

    /// The tag by which the values of a variable are listed.
    public static func owner(_ variable: VariableID) -> TagID { TagID("variable:\(variable)") }

    public var id: Identifier<VariableValue> { Self.id(variable, key) }
    public var tags: OrderedSet<TagID> { [Self.owner(variable)] }
}
