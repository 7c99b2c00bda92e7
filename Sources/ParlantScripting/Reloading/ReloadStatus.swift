import LuaRuntime
import ParlantCore
import Synchronization

/// What health reports say about the scripts.
struct ReloadStatus: Sendable {
    var set: ScriptSet
    /// How changes are noticed: "inotify", "polling", or "off".
    var watching: String
    /// Reloads that swapped something, since the start.
    var swaps = 0
    var times = ReloadTimes()
    /// Why the last load is not served although its scripts are sound; it is tried again.
    var refusal: LoadProblem?

    /// The member `scripts` of `checks`: "degraded" while there are problems.
    var health: JSONObject {
        let problems = (refusal.map { [$0] } ?? []) + (set.problems?.problems ?? [])
        return [
            "status": problems.isEmpty ? "healthy" : "degraded",
            "watching": .string(watching), "swaps": .integer(Int64(swaps)),
            "lua_states": .integer(Int64(LuaVM.openCount)),
            "bundles": .array(bundles), "problems": .array(problems.map(Self.json)),
        ]
    }

    private var bundles: [JSONValue] {
        let waiting = set.attempts.keys.filter { set.generation(of: $0) == nil }.sorted()
        let running = set.running.map { generation -> JSONValue in
            [
                "name": .string(generation.name), "kind": .string(Self.kind(generation.bundle)),
                "generation": .integer(Int64(generation.number)), "revision": .string(generation.loaded.revision),
            ]
        }
        return running
            + waiting.compactMap { name in
                set.attempts[name].map { ["name": .string(name), "kind": .string(Self.kind($0.bundle))] }
            }
    }

    private static func kind(_ bundle: Bundle) -> String {
        switch bundle.kind {
        case .agent: "agent"
        case .plugin: "plugin"
        }
    }

    private static func json(_ problem: LoadProblem) -> JSONValue {
        var object: JSONObject = ["bundle": .string(problem.bundle), "file": .string(problem.file)]
        if let line = problem.line { object["line"] = .integer(Int64(line)) }
        object["text"] = .string(problem.message)
        return .object(object)
    }
}
