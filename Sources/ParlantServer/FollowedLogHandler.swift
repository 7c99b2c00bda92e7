import Logging
import ParlantCore

/// Writes the log to standard error, and to the hub for those who follow it over the API.
///
/// One handler instead of two behind a multiplexer: the metadata that each request sets is kept once, and a line that
/// nobody follows costs one atomic load more.
struct FollowedLogHandler: LogHandler {
    private var base: StreamLogHandler
    private let hub: LogHub

    init(label: String, hub: LogHub) {
        self.init(StreamLogHandler.standardError(label: label), hub: hub)
    }

    init(_ base: StreamLogHandler, hub: LogHub) {
        self.base = base
        self.hub = hub
    }

    var logLevel: Logger.Level {
        get { base.logLevel }
        set { base.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        base.log(event: event)
        if hub.isFollowed { hub.publish(record(of: event)) }
    }

    /// The same words as on standard error: what may not be seen there is not in the event.
    private func record(of event: LogEvent) -> LogRecord {
        var details = base.metadata
        if let more = event.metadata { details.merge(more) { _, more in more } }
        let trace = details.removeValue(forKey: "trace") ?? details.removeValue(forKey: "trace_id")
        if let error = event.error { details["error"] = "\(error)" }
        let text = details.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return LogRecord(
            level: .init(event.level), traceID: trace?.description ?? LogRecord.noTrace,
            message: "\(event.message)\(text)")
    }
}

extension LogRecord.Level {
    /// The wire has no notice.
    init(_ level: Logger.Level) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info, .notice: .info
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}
