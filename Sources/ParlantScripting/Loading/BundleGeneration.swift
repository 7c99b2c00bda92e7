/// One load of a bundle that is, or was, served: its definitions and its Lua states.
///
/// A turn holds the generation with which it began. When the catalog and the last turn have let go of it, the states
/// close.
final class BundleGeneration: Sendable {
    let loaded: LoadedBundle
    /// Counts the loads of the bundle that were served, from 1. Never used twice in one process.
    let number: Int
    let retirement: Retirement
    /// `ctx.state` of a plugin.
    let state = PluginState()
    /// Happens when nobody holds the generation any more.
    let isFree = OneShot()

    init(_ loaded: LoadedBundle, number: Int) {
        self.loaded = loaded
        self.number = number
        retirement = Retirement(bundle: loaded.bundle.name, generation: number)
    }

    deinit { isFree.fire() }

    var bundle: Bundle { loaded.bundle }
    var name: String { loaded.bundle.name }
    var contents: BundleContents { loaded.contents }
    var lanes: [BundleLane] { loaded.lanes }
}
