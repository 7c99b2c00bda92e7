/// A file or a folder directly under `agents/` or `plugins/`: what is loaded, and reloaded, as one.
struct Bundle: Sendable, Hashable {
    /// Which folder it stands in; raw values are the folders' names in errors.
    enum Kind: String, Sendable { case agent = "agents", plugin = "plugins" }

    var kind: Kind
    /// Name of the file without its ending, or of the folder; also the name for `require`.
    var name: String
    /// First file, as errors name it: `agents/bank/init.lua`.
    var mainFile: String
}
