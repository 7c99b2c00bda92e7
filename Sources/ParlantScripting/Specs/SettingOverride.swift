public import ParlantCore

/// A test gives a setting that the agent does not declare.
public struct SettingOverrideError: Error, Sendable, CustomStringConvertible {
    public var description: String
}

extension AgentSnapshot {
    /// The same agent, whose functions read other values of its bundle's settings. For tests.
    ///
    /// - Throws: ``SettingOverrideError`` for a name that is no setting of the bundle.
    public func overridingSettings(_ values: JSONObject) throws(SettingOverrideError) -> AgentSnapshot {
        guard !values.isEmpty, var handlers = handlers as? ScriptHandlers else { return self }
        var settings = handlers.calls.settings[handlers.calls.generation.name] ?? BundleSettings()
        for (name, value) in values {
            guard settings.names.contains(name) else {
                throw SettingOverrideError(
                    description: "config: there is no setting '\(name)'"
                        + Wording.didYouMean(name, among: settings.names.sorted()))
            }
            settings.values[name] = value
        }
        handlers.calls.settings[handlers.calls.generation.name] = settings
        var snapshot = self
        snapshot.handlers = handlers
        return snapshot
    }
}
