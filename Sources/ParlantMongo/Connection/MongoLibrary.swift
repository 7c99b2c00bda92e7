import CMongoc
public import Logging
import ParlantCore
import Synchronization

/// The C library of the process: starting it, and where its log goes.
public enum MongoLibrary {
    private struct Log {
        var logger: Logger?
        var secrets: Set<String> = []
        /// What was written lately, so that one fault does not fill the log.
        var recent: [String: Duration] = [:]
    }

    /// Sentences of the library that are kept apart.
    private static let recentLimit = 100
    /// The same sentence is written once in this time.
    private static let pause = Duration.seconds(10)

    private static let log = Mutex(Log())
    private static let isStarted: Void = {
        mongoc_init()
        mongoc_log_set_handler(
            { level, domain, message, _ in
                guard let domain, let message else { return }
                MongoLibrary.write(level, String(cString: domain), String(cString: message))
            }, nil)
    }()

    /// Starts the library once in the life of the process.
    static func start() { isStarted }

    /// Sends what the library logs to `logger`. It is one for the process, so the latest wins.
    public static func log(to logger: Logger) {
        start()
        log.withLock { $0.logger = logger }
    }

    /// Keeps texts out of the log from now on.
    static func hide(_ secrets: [String]) { log.withLock { $0.secrets.formUnion(secrets) } }

    /// A text without what is hidden.
    static func redacted(_ text: String) -> String {
        log.withLock { log in
            log.secrets.reduce(text) { $0.contains($1) ? $0.replacing($1, with: "…") : $0 }
        }
    }

    private static func write(_ level: mongoc_log_level_t, _ domain: String, _ message: String) {
        let level: Logger.Level =
            switch level {
            case MONGOC_LOG_LEVEL_ERROR, MONGOC_LOG_LEVEL_CRITICAL: .error
            case MONGOC_LOG_LEVEL_WARNING: .warning
            case MONGOC_LOG_LEVEL_MESSAGE, MONGOC_LOG_LEVEL_INFO: .info
            case MONGOC_LOG_LEVEL_DEBUG: .debug
            default: .trace
            }
        let message = redacted(message)
        let now = SystemTimeSource().uptime
        let logger: Logger? = log.withLock { log in
            if let last = log.recent[message], now - last < pause { return nil }
            if log.recent.count >= recentLimit { log.recent = log.recent.filter { now - $0.value < pause } }
            if log.recent.count < recentLimit { log.recent[message] = now }
            return log.logger
        }
        logger?.log(level: level, "MongoDB's client: \(message)", metadata: ["part": "\(domain)"])
    }
}
