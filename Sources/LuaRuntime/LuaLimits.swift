/// What one VM may take. Scripts cannot raise, catch or outlive these limits.
public struct LuaLimits: Sendable {
    /// Bytes that Lua may hold in this VM. An empty VM with its sandbox takes some 40 KiB. Default: 64 MiB.
    public var memoryBytes = 64 << 20
    /// Bytes of the largest single block: a string, the positions of a table. A whole value that crosses is held to
    /// it, too. Default: 4 MiB, some 250,000 positions.
    public var largestBlockBytes = 4 << 20
    /// Calls that may be under way at once, waiting ones included; one more fails with ``LuaError/Code/busy``.
    public var concurrentCalls = 2_000
    /// Instructions after which a running call lets the others of its lane run.
    public var sliceInstructions = 100_000
    /// Levels of arrays and objects within one another that may cross.
    public var depth = 64

    /// The defaults.
    public init() {}
}

/// What one call, or one load of a file, may use.
public struct LuaBudget: Sendable {
    /// Instructions of the Lua machine, checked every 1,000. Library functions pay by the size of their work.
    public var instructions: Int
    /// Time for which the call may *run*; while it waits for a host function, nothing counts. A thread that the system
    /// set aside for others does not count either.
    public var time: Duration

    /// Makes a budget; the defaults suit a tool that computes little.
    public init(instructions: Int = 50_000_000, time: Duration = .seconds(1)) {
        self.instructions = instructions
        self.time = time
    }
}

/// A line of a script.
public struct LuaLocation: Sendable, Hashable, CustomStringConvertible {
    /// Name under which the source was given, for example `agents/bank/init.lua`.
    public var file: String
    /// Line, from 1. 0 stands for the file as a whole.
    public var line: Int

    /// Makes a location.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `file:line`, as Lua writes it.
    public var description: String { "\(file):\(line)" }
}
