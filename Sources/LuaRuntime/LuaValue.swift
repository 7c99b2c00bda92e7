/// A value that crosses between Swift and Lua.
///
/// Integers stay integers. Nil, "absent", is not `null`, which is a value of its own (`host.null` in a prelude). Arrays
/// and objects keep their kind on the way through Lua, also when they are empty. In Lua a field that is nil does not
/// exist: an object loses such fields, and an array cannot hold nil at all.
public enum LuaValue: Sendable, Equatable {
    /// Absent.
    case `nil`
    /// JSON's null.
    case null
    /// True or false.
    case boolean(Bool)
    /// A whole number, never turned into a ``number(_:)``.
    case integer(Int64)
    /// A finite number; others are refused with ``LuaError/Code/badValue``.
    case number(Double)
    /// Text. Lua's strings are bytes; one that is not UTF-8 is refused when it leaves Lua.
    case string(String)
    /// Values by position, without holes.
    case array([LuaValue])
    /// Fields in the order given; sorted by key when they come out of Lua, which has no order.
    case object([LuaField])
    /// A function of a script, kept by its VM.
    case function(LuaFunction)
    /// A thing of Swift's that Lua holds.
    case handle(LuaHandle)
}

/// One field of an object.
public struct LuaField: Sendable, Equatable {
    /// Name of the field; any text.
    public var key: String
    /// What it holds. Nil drops the field on the way.
    public var value: LuaValue

    /// Makes a field.
    public init(key: String, value: LuaValue) {
        self.key = key
        self.value = value
    }

    /// Makes a field.
    public init(_ key: String, _ value: LuaValue) {
        self.init(key: key, value: value)
    }
}

/// A function of a script. It belongs to the VM that it came from, which keeps it as long as it lives.
public struct LuaFunction: Sendable, Hashable {
    /// Number within its VM, from 1. The same function has the same number each time.
    public var id: Int
    /// Where it was defined.
    public var location: LuaLocation

    /// Makes a reference; only numbers that came out of the same VM mean something.
    public init(id: Int, location: LuaLocation) {
        self.id = id
        self.location = location
    }
}

/// A Swift thing as Lua holds it: a kind, whose methods a prelude defines, and a number that means something to Swift.
public struct LuaHandle: Sendable, Hashable {
    /// Chooses the methods that a prelude gave with `host.type`.
    public var kind: String
    /// Means something to Swift only.
    public var id: Int

    /// Makes a handle. Two handles of one kind and number are equal in Lua, too.
    public init(kind: String, id: Int) {
        self.kind = kind
        self.id = id
    }
}
