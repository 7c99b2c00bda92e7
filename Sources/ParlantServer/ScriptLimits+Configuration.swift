import ParlantCore
import ParlantScripting

/// The member `limits` of the configuration file.
extension ScriptLimits {
    /// One limit as the file has it. Times are in seconds, sizes in bytes.
    private struct Member {
        var range: ClosedRange<Double>
        var isWhole = true
        var set: @Sendable (inout ScriptLimits, Double) -> Void
    }

    private static let members: [String: Member] = [
        "instructions": Member(range: 10_000...1e12) { $0.callInstructions = Int($1) },
        "running_seconds": Member(range: 0.001...3600, isWhole: false) { $0.callMilliseconds = Int($1 * 1000) },
        "handler_seconds": Member(range: 0.001...86400, isWhole: false) { $0.handlerTimeout = .seconds($1) },
        "load_instructions": Member(range: 10_000...1e12) { $0.loadInstructions = Int($1) },
        "load_seconds": Member(range: 0.001...3600, isWhole: false) { $0.loadMilliseconds = Int($1 * 1000) },
        "memory_bytes": Member(range: 1_048_576...17_179_869_184) { $0.memoryBytes = Int($1) },
        "result_bytes": Member(range: 16...4_194_304) { $0.resultBytes = Int($1) },
        "concurrent_calls": Member(range: 1...100_000) { $0.concurrentCalls = Int($1) },
        "requests_per_call": Member(range: 0...100_000) { $0.requestsPerCall = Int($1) },
        "concurrent_requests": Member(range: 1...100_000) { $0.concurrentRequests = Int($1) },
        "reply_bytes": Member(range: 1...67_108_864) { $0.replyBytes = Int($1) },
        "stream_bytes": Member(range: 1...1_099_511_627_776) { $0.streamBytes = Int($1) },
    ]

    /// Reads limits by bundle; `*` holds for all of them, whatever the order.
    ///
    /// - Throws: ``ConfigurationError`` that names the member and what was expected.
    init(reading value: JSONValue, _ path: String) throws(ConfigurationError) {
        self.init()
        guard let bundles = value.object else { throw ConfigurationError("\(path): expected an object") }
        if let all = bundles["*"] { try read(all, "\(path).*") }
        for (bundle, members) in bundles where bundle != "*" {
            var own = self
            own.bundles = [:]
            try own.read(members, "\(path).\(bundle)")
            self.bundles[bundle] = own
        }
    }

    private mutating func read(_ value: JSONValue, _ path: String) throws(ConfigurationError) {
        guard let members = value.object else { throw ConfigurationError("\(path): expected an object") }
        for (name, value) in members {
            guard let member = Self.members[name] else {
                let names = Self.members.keys.sorted().joined(separator: ", ")
                throw ConfigurationError("\(path): unknown limit '\(name)'; there are \(names)")
            }
            let number: Double? =
                switch value {
                case .integer(let whole): Double(whole)
                case .number(let number): member.isWhole ? nil : number
                default: nil
                }
            guard let number, member.range.contains(number) else {
                let kind = member.isWhole ? "a whole number" : "a number"
                let (low, high) = (Self.text(member.range.lowerBound), Self.text(member.range.upperBound))
                throw ConfigurationError("\(path).\(name): expected \(kind) from \(low) to \(high), got \(value.brief)")
            }
            member.set(&self, number)
        }
    }

    private static func text(_ number: Double) -> String {
        Int64(exactly: number).map { String($0) } ?? String(number)
    }
}
