public import Logging
public import LuaRuntime
public import ParlantCore

/// What scripts are loaded from, and with.
public struct ScriptSetup: Sendable {
    /// Where the scripts are.
    public var roots: ScriptRoots
    /// Settings by bundle, then by name.
    public var configuration: [String: JSONObject]
    /// Variables of the process; `PARLANT_<BUNDLE>_<NAME>` goes before the configuration.
    public var environment: [String: String]
    /// Threads that run Lua, at least one; they outlive the scripts. A session's calls go to one lane.
    public var lanes: [LuaLane]
    /// Thread that reads and loads scripts. One that serves nobody keeps reloads from holding up conversations.
    public var loader: LuaLane
    /// The way out for `ctx.http`.
    public var http: any HTTPTransport
    /// Time that scripts see and wait on.
    public var clock: any TimeSource
    /// Time that `ctx.time` shows and waits on; ``clock`` still measures deadlines.
    public var scriptClock: any TimeSource
    /// What happens to required settings without a value.
    public var absentSettings: AbsentSettings
    /// What scripts may use.
    public var limits: ScriptLimits
    /// Where scripts' lines and defects go, and what a reload led to.
    public var logger: Logger

    /// Gathers it; nothing is read yet.
    ///
    /// - Parameters:
    ///   - loader: Nil: the first lane loads, too.
    ///   - scriptClock: Nil: `clock`.
    public init(
        _ roots: ScriptRoots, configuration: [String: JSONObject] = [:], environment: [String: String] = [:],
        lanes: [LuaLane], loader: LuaLane? = nil, http: any HTTPTransport, clock: any TimeSource,
        scriptClock: (any TimeSource)? = nil, absentSettings: AbsentSettings = .refused,
        limits: ScriptLimits = .init(), logger: Logger
    ) {
        precondition(!lanes.isEmpty, "scripts need a lane to run on")
        self.roots = roots
        self.configuration = configuration
        self.environment = environment
        self.lanes = lanes
        self.loader = loader ?? lanes[0]
        self.http = http
        self.clock = clock
        self.scriptClock = scriptClock ?? clock
        self.absentSettings = absentSettings
        self.limits = limits
        self.logger = logger
    }
}
