import LuaRuntime
import ParlantCore

/// Tells plugins when a generation of theirs begins and ends, and hands `ctx.state` from one to the next.
///
/// An error in one of these functions is in the log and keeps nobody from serving: by then the new generation has been
/// checked, and the old one is about to go.
enum PluginLifecycle {
    /// Plugins of one load, by name.
    typealias Plugins = OrderedDictionary<String, PluginFunctions>

    /// Gives each new generation what the one before it saves, then calls its `load`.
    ///
    /// Call it just before the new generations are served: what the old ones write to their state afterwards is lost.
    static func begin(_ plugins: Plugins, after before: Plugins) async {
        for (name, functions) in plugins where before[name]?.generation !== functions.generation {
            if let old = before[name], old.has("save") {
                functions.generation.state.replace(with: await saved(by: old))
            }
            await call("load", of: functions)
        }
    }

    /// Calls `unload` of each generation that is no longer served. Calls of running turns may still go on in it.
    static func end(_ plugins: Plugins, before after: Plugins) async {
        for (name, functions) in plugins where after[name]?.generation !== functions.generation {
            await call("unload", of: functions)
        }
    }

    /// What `save` returned; empty when it failed, because half a state is worse than a new one.
    private static func saved(by functions: PluginFunctions) async -> JSONObject {
        guard let value = await call("save", of: functions), !value.isAbsent else { return [:] }
        guard value.fields != nil, let values = JSONValue(value)?.object else {
            // An empty table is a list to Lua and no mistake here.
            if value.items?.isEmpty != true { functions.note("save", PluginWording.saveResult) }
            return [:]
        }
        guard PluginState.fits(values) else {
            functions.note("save", PluginWording.stateTooLarge(PluginState.limitBytes))
            return [:]
        }
        return values
    }

    /// Calls a function that a plugin may have; nil when it has none or it failed.
    @discardableResult
    private static func call(_ field: String, of functions: PluginFunctions) async -> LuaValue? {
        guard functions.has(field) else { return nil }
        do {
            return try await functions.call(field, .plugin, [])
        } catch let refusal as PluginRefusal {
            functions.note(field, refusal.message)
        } catch {
            // A defect is in the log already, and nobody is told of a call that the end of the server cut short.
        }
        return nil
    }
}
