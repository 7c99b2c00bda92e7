public import ParlantCore
import Synchronization

/// The scripts that are served now: the one reference that a reload swaps.
public final class ScriptCatalog: AgentCatalog {
    private let current: Mutex<LoadedScripts>

    /// Serves these from now on.
    public init(_ scripts: LoadedScripts) { current = Mutex(scripts) }

    /// All bundles as one reload left them. A later reload makes another value and leaves this one alone.
    public var scripts: LoadedScripts { current.withLock { $0 } }

    /// Serves others. Whoever holds a snapshot keeps it.
    func swap(_ scripts: LoadedScripts) {
        // The old value goes when the lock is free again: with it may go Lua states.
        _ = current.withLock { current in
            defer { current = scripts }
            return current
        }
    }

    public func agents() -> [Agent] { scripts.agents() }

    public func snapshot(of id: AgentID) -> AgentSnapshot? { scripts.snapshot(of: id) }
}
