public import Logging
public import LuaRuntime
public import ParlantCore

/// Reads the scripts of a server.
public enum ScriptHost {
    /// Loads all bundles, each into a Lua state of its own per lane, and checks everything before anything is used.
    ///
    /// A server that reloads what changes starts with ``ReloadCoordinator`` instead, which does the same first.
    ///
    /// - Parameters:
    ///   - roots: Where the scripts are.
    ///   - configuration: Settings by bundle, then by name.
    ///   - environment: Variables of the process; `PARLANT_<BUNDLE>_<NAME>` goes before the configuration.
    ///   - lanes: Threads that run Lua, at least one; they outlive the scripts. A session's calls go to one lane.
    ///   - http: The way out for `ctx.http`.
    ///   - clock: Time that scripts see and wait on.
    ///   - scriptClock: Time that `ctx.time` shows and waits on; nil: `clock`, which also measures deadlines.
    ///   - absentSettings: What happens to required settings without a value.
    ///   - limits: What scripts may use.
    ///   - logger: Where scripts' lines and defects go.
    /// - Returns: The scripts, or every problem of every bundle; then no script is used.
    /// - Complexity: O(bytes of scripts × lanes), some milliseconds per bundle and lane.
    public static func load(
        _ roots: ScriptRoots, configuration: [String: JSONObject] = [:], environment: [String: String] = [:],
        lanes: [LuaLane], http: any HTTPTransport, clock: any TimeSource, scriptClock: (any TimeSource)? = nil,
        absentSettings: AbsentSettings = .refused, limits: ScriptLimits = .init(), logger: Logger
    ) async -> Result<LoadedScripts, LoadProblems> {
        await load(
            ScriptSetup(
                roots, configuration: configuration, environment: environment, lanes: lanes, http: http, clock: clock,
                scriptClock: scriptClock, absentSettings: absentSettings, limits: limits, logger: logger))
    }

    /// Loads all bundles as ``load(_:configuration:environment:lanes:http:clock:scriptClock:absentSettings:limits:logger:)`` does.
    public static func load(_ setup: ScriptSetup) async -> Result<LoadedScripts, LoadProblems> {
        let loader = ScriptLoader(setup)
        return await loader.loadFirst().map(\.scripts)
    }
}
