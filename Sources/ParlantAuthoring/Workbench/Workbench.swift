import Foundation
public import Logging
public import LuaRuntime
public import ParlantCore
public import ParlantScripting
public import ParlantServer

/// Where the scripts of an authoring command are: what the command line says, and what follows from it.
public struct Workbench: Sendable {
    /// Folders, as the loader wants them.
    public let roots: ScriptRoots
    /// Settings and more, as `serve` has them.
    public let configuration: ConfigurationFile
    private let environment: [String: String]

    /// Finds the folders.
    ///
    /// - Parameters:
    ///   - path: Folder of agents, or one agent: its folder or its file.
    ///   - plugins: Folder with the plugins; nil: `plugins` beside the folder of agents, if it is there.
    ///   - configuration: What `--config` names.
    ///   - environment: Variables of the process, for settings.
    /// - Throws: ``ConfigurationError`` for a path where nothing is.
    public init(
        path: String, plugins: String? = nil, configuration: ConfigurationFile = .init(),
        environment: [String: String] = [:]
    ) throws(ConfigurationError) {
        let url = URL(filePath: path)
        guard let isFolder = Self.isFolder(url.path) else {
            throw ConfigurationError("\(path): there is no such file or folder; name the agents, or one of them")
        }
        let isFile = !isFolder && url.pathExtension == "lua"
        guard isFolder || isFile else {
            throw ConfigurationError("\(path): is no Lua file and no folder; name the agents, or one of them")
        }
        let isOne = isFile || Self.isFolder(url.appending(path: "init.lua").path) == false
        let folder = isOne ? url.deletingLastPathComponent() : url
        if let plugins, Self.isFolder(plugins) != true {
            throw ConfigurationError("\(plugins): there is no such folder; check the path given with --plugins")
        }
        let beside = folder.deletingLastPathComponent().appending(path: "plugins").path
        roots = ScriptRoots(
            agents: folder.path, plugins: plugins ?? (Self.isFolder(beside) == true ? beside : nil),
            enabledPlugins: configuration.plugins,
            onlyAgents: isOne ? [isFile ? url.deletingPathExtension().lastPathComponent : url.lastPathComponent] : nil)
        self.configuration = configuration
        self.environment = environment
    }

    /// Loads what is there.
    ///
    /// - Parameters:
    ///   - lanes: Threads that run Lua.
    ///   - http: The way out for scripts.
    ///   - absentSettings: What happens to required settings without a value.
    /// - Returns: The scripts, or every problem of every bundle.
    public func load(
        lanes: [LuaLane], http: any HTTPTransport, clock: any TimeSource, scriptClock: (any TimeSource)? = nil,
        absentSettings: AbsentSettings, logger: Logger
    ) async -> Result<LoadedScripts, LoadProblems> {
        await ScriptHost.load(
            roots, configuration: configuration.settings, environment: environment, lanes: lanes, http: http,
            clock: clock, scriptClock: scriptClock, absentSettings: absentSettings, limits: configuration.limits,
            logger: logger)
    }

    /// True for a folder, false for a file, nil when nothing is there.
    static func isFolder(_ path: String) -> Bool? {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
    }
}
