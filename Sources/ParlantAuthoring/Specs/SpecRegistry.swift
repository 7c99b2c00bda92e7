import ParlantCore
import Synchronization

/// One test of a spec file.
public struct SpecTest: Sendable, Equatable {
    /// How often a test with a real model runs, and how often it must pass.
    public struct Live: Sendable, Equatable {
        public var runs: Int
        public var passes: Int
    }

    /// Names of the blocks around it and its own, with spaces in between.
    public var name: String
    /// File and line of its `it`.
    public var location: SourceLocation
    /// Set for a test that needs a real model.
    public var live: Live?
}

/// Collects the tests of one spec file while it loads.
final class SpecRegistry: Sendable {
    private struct State {
        var blocks: [String] = []
        var tests: [SpecTest] = []
    }

    private let state = Mutex(State())

    var tests: [SpecTest] { state.withLock { $0.tests } }

    func open(_ name: String) { state.withLock { $0.blocks.append(name) } }

    func close() { state.withLock { _ = $0.blocks.popLast() } }

    func add(_ name: String, at location: SourceLocation, live: SpecTest.Live?) {
        state.withLock { state in
            let whole = (state.blocks + [name]).joined(separator: " ")
            state.tests.append(SpecTest(name: whole, location: location, live: live))
        }
    }
}
