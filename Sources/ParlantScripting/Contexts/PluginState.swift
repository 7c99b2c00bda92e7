import ParlantCore
import Synchronization

/// `ctx.state` of one plugin: small JSON values that all its functions share, whichever lane they run on.
///
/// It outlives the plugin's Lua: ``values`` is what a reload hands on.
final class PluginState: Sendable {
    /// Bytes of JSON that one plugin may keep.
    static let limitBytes = 64 << 10

    private let state: Mutex<JSONObject>

    /// A state that begins with these values.
    init(_ values: JSONObject = [:]) { state = Mutex(values) }

    /// All values.
    var values: JSONObject { state.withLock { $0 } }

    /// The value of a name; nil when there is none.
    func value(of name: String) -> JSONValue? { state.withLock { $0[name] } }

    /// Takes other values, which must fit, in the place of all.
    func replace(with values: JSONObject) { state.withLock { $0 = values } }

    /// Whether one plugin may keep this much.
    static func fits(_ values: JSONObject) -> Bool { JSONWriter.bytes(of: .object(values)).count <= limitBytes }

    /// Gives a name a value, or none.
    ///
    /// - Returns: Whether it fits; otherwise nothing is changed.
    func set(_ name: String, to value: JSONValue?) -> Bool {
        state.withLock { values in
            var changed = values
            changed[name] = value
            guard Self.fits(changed) else { return false }
            values = changed
            return true
        }
    }
}
