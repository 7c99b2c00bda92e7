import Logging
import LuaRuntime
import ParlantCore
import Synchronization

/// A function of a script failed in a way that it must not. The description is for logs.
struct ScriptDefect: Error, Sendable, CustomStringConvertible {
    /// `agents/x.lua:8: message`.
    var description: String
    var traceback: String?

    /// A defect that the server found in what the function did.
    init(_ text: String) { description = text }

    /// A defect that Lua reported.
    ///
    /// - Parameter place: Where the function stands, for errors that happened at none of its lines.
    init(_ error: LuaError, at place: String) {
        description = (error.location == nil ? place : "") + error.description
        traceback = error.traceback
    }
}

/// Decides which defects of one function are logged: the first five of a minute, then one line per minute with the
/// number of those that were not.
struct DefectThrottle: Sendable {
    private var windowStart: Duration?
    private var count = 0

    /// What to do about a defect at this reading of the monotonic clock; `hidden` is the number of defects that were
    /// not logged since the last line; nil: no line.
    mutating func record(at now: Duration) -> (hidden: Int, Void)? {
        if let start = windowStart, now - start < .seconds(60) {
            count += 1
            return count <= 5 ? (0, ()) : nil
        }
        let hidden = max(0, count - 5)
        windowStart = now
        count = hidden > 0 ? 5 : 1
        return (hidden, ())
    }
}

/// Writes defects to the log, without secrets and without floods.
final class DefectLog: Sendable {
    private let logger: Logger
    private let clock: any TimeSource
    private let throttles = Mutex<[String: DefectThrottle]>([:])

    init(logger: Logger, clock: any TimeSource) {
        self.logger = logger
        self.clock = clock
    }

    /// Bytes of one text; what a script raises may be long.
    private static let limit = 4096

    private static func shortened(_ text: String) -> String {
        let bytes = text.utf8.count
        guard bytes > limit else { return text }
        let start = String(decoding: text.utf8.prefix(limit), as: UTF8.self)
        return "\(start)… (\(bytes - limit) more bytes)"
    }

    /// Logs a defect of a call, with its arguments.
    ///
    /// - Returns: The text for ``ToolOutcome/defect(_:)``, without secrets.
    func report(_ defect: ScriptDefect, in scope: CallScope, arguments: JSONObject = [:]) -> String {
        let text = Self.shortened(scope.redactor.redact(defect.description))
        let now = clock.uptime
        let line = throttles.withLock { $0[scope.subject, default: DefectThrottle()].record(at: now) }
        guard let line else { return text }
        var metadata = scope.logMetadata
        if !arguments.isEmpty {
            metadata["arguments"] = "\(Self.shortened(scope.redactor.redact(JSONValue.object(arguments).description)))"
        }
        if let traceback = defect.traceback {
            metadata["traceback"] = "\(Self.shortened(scope.redactor.redact(traceback)))"
        }
        if line.hidden > 0 { metadata["not_logged"] = "\(line.hidden)" }
        logger.error("\(text)", metadata: metadata)
        return text
    }
}
