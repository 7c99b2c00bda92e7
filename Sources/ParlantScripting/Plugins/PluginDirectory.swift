public import ParlantCore
import Synchronization

/// A plugin that was chosen is not there, or does not have what it was chosen for.
public struct PluginChoiceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what to do about it.
    public var message: String

    public var description: String { message }
}

/// What plugins provide to the server itself: language models and a customer store. Each of them calls the generation
/// of its plugin that is served at that moment.
public final class PluginDirectory: Sendable {
    private let source = Mutex<(@Sendable () -> LoadedScripts)?>(nil)

    /// A directory without plugins; see ``follow(_:)``.
    public init() {}

    /// Looks for plugins in these scripts from now on.
    public func follow(_ scripts: @escaping @Sendable () -> LoadedScripts) { source.withLock { $0 = scripts } }

    /// The language model of a plugin.
    ///
    /// - Throws: ``PluginChoiceError`` when there is none now.
    public func textModel(of plugin: String) throws(PluginChoiceError) -> any TextModel {
        guard try existing(plugin).contents?.languageModel != nil else {
            throw PluginChoiceError(message: PluginWording.noLanguageModel(plugin))
        }
        return PluginTextModel(plugin: plugin) { [self] in functions(of: plugin) }
    }

    /// The customer store of a plugin. It can be made before the scripts are loaded and is unavailable until then.
    ///
    /// - Parameter tags: Where tags have their names, by which the plugin knows them; nil: the plugin knows their ids.
    public func customerStore(
        of plugin: String, tags: (any TagStore)? = nil, clock: any TimeSource
    ) -> any CustomerStore {
        PluginCustomerStore(plugin, tags: tags, clock: clock) { [self] in functions(of: plugin) }
    }

    /// Throws unless the plugin is there and has a customer store.
    public func requireCustomerStore(of plugin: String) throws(PluginChoiceError) {
        guard try existing(plugin).contents?.customerStore != nil else {
            throw PluginChoiceError(message: PluginWording.noCustomerStore(plugin))
        }
    }

    private var plugins: OrderedDictionary<String, PluginFunctions> { source.withLock { $0 }?().plugins ?? [:] }

    private func functions(of plugin: String) -> PluginFunctions? { plugins[plugin] }

    private func existing(_ plugin: String) throws(PluginChoiceError) -> PluginFunctions {
        let plugins = plugins
        guard let functions = plugins[plugin] else {
            throw PluginChoiceError(message: PluginWording.noPlugin(plugin, plugins.keys.sorted()))
        }
        return functions
    }
}
