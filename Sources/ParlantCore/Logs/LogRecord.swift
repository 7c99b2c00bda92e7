/// One line of the server's log, as front ends that follow it see it.
public struct LogRecord: Sendable, Equatable {
    /// How important it is, by the names that the wire has.
    public enum Level: String, Sendable, CaseIterable {
        case trace = "TRACE"
        case debug = "DEBUG"
        case info = "INFO"
        case warning = "WARNING"
        case error = "ERROR"
        case critical = "CRITICAL"
    }

    /// Stands for the trace of what belongs to no request, as on the reference.
    public static let noTrace = "<main>"

    public var level: Level
    /// The trace of the request that caused it, or ``noTrace``.
    public var traceID: String
    /// The text with its details, without secrets.
    public var message: String

    public init(level: Level, traceID: String = Self.noTrace, message: String) {
        self.level = level
        self.traceID = traceID
        self.message = message
    }

    /// The wire's form: `{"level", "trace_id", "message"}`.
    public var json: [UInt8] {
        var writer = JSONWriter(capacity: 96 + message.utf8.count)
        writer.beginObject()
        writer.key("level")
        writer.string(level.rawValue)
        writer.key("trace_id")
        writer.string(traceID)
        writer.key("message")
        writer.string(message)
        writer.endObject()
        return writer.bytes
    }
}
