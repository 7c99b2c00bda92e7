/// What scripts find by itself in every VM: Lua 5.4 without what leads out of the sandbox. The bridge decides it; a test
/// compares this table with a VM.
public enum LuaSandbox {
    /// Functions and values without a library.
    public static let globals = [
        "_VERSION", "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "print", "rawequal",
        "rawget", "rawlen", "rawset", "require", "select", "setmetatable", "tonumber", "tostring", "type",
    ]

    /// Libraries with their members, by name.
    public static let libraries: [(name: String, members: [String])] = [
        (
            "math",
            [
                "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max",
                "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "randomseed", "sin", "sqrt", "tan",
                "tointeger", "type", "ult",
            ]
        ),
        (
            "string",
            [
                "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "pack", "packsize", "rep",
                "reverse", "sub", "unpack", "upper",
            ]
        ),
        ("table", ["concat", "insert", "move", "pack", "remove", "sort", "unpack"]),
        ("utf8", ["char", "charpattern", "codepoint", "codes", "len", "offset"]),
    ]
}
