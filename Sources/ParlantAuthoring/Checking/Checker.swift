import Logging
import LuaRuntime
import ParlantCore
import ParlantScripting

/// Loads agents as a server would, and serves nothing.
public struct Checker: Sendable {
    private let workbench: Workbench
    private let absentSettings: AbsentSettings

    /// - Parameter absentSettings: Whether required settings without a value are problems; without a configuration,
    ///   they are warnings.
    public init(_ workbench: Workbench, absentSettings: AbsentSettings) {
        self.workbench = workbench
        self.absentSettings = absentSettings
    }

    /// Everything that one load finds.
    public func check() async -> CheckReport {
        let lane = LuaLane(name: "lua-check")
        defer { lane.shutDown() }
        let result = await workbench.load(
            lanes: [lane], http: TestTransport(), clock: SystemTimeSource(), absentSettings: absentSettings,
            logger: Logger(label: "parlant.check") { _ in SwiftLogNoOpLogHandler() })
        return CheckReport(result)
    }
}
