import ParlantScripting
import ServiceLifecycle
import UnixSignals

/// Keeps the scripts in step with their files as long as the server runs.
struct ReloadService: Service, CustomStringConvertible {
    let scripts: ReloadCoordinator
    /// Whether changes of files are noticed; SIGHUP reloads either way.
    let watches: Bool

    var description: String { "script reload" }

    func run() async throws {
        await cancelWhenGracefulShutdown { await scripts.run(watching: watches) }
    }
}

/// Reloads scripts on SIGHUP.
struct HangupService: Service, CustomStringConvertible {
    let scripts: ReloadCoordinator

    var description: String { "reload signal" }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { scripts.requestReload() }
    }
}
