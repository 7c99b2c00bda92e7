/// A script, or a value that crosses, did not do what was asked.
///
/// The VM is usable after every one of these errors.
public struct LuaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is. New codes may appear in a minor version: always have a default.
    public var code: Code
    /// One sentence without a position, for example `attempt to index a nil value (local 'x')`.
    public var message: String
    /// The script line nearest to the failure; lines of preludes are skipped. Nil if no script was involved.
    public var location: LuaLocation?
    /// The functions that were under way, innermost first, one line each. For logs.
    public var traceback: String?

    /// Makes an error.
    public init(code: Code, message: String, location: LuaLocation? = nil, traceback: String? = nil) {
        self.code = code
        self.message = message
        self.location = location
        self.traceback = traceback
    }

    /// `file:line: message`, or the message alone.
    public var description: String {
        location.map { "\($0): \(message)" } ?? message
    }

    /// What a host can do about an error.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case syntax, runtime, memory, instructionLimit, timeLimit, cancelled, badValue, busy, closed
        }
        private let kind: Kind

        /// The source is not Lua; ``LuaError/location`` is the line to mend.
        public static let syntax = Code(kind: .syntax)
        /// The script raised an error that nothing caught.
        public static let runtime = Code(kind: .runtime)
        /// The memory limit was reached. What the call held is free again.
        public static let memory = Code(kind: .memory)
        /// The instructions of the budget were used up.
        public static let instructionLimit = Code(kind: .instructionLimit)
        /// The time of the budget was used up.
        public static let timeLimit = Code(kind: .timeLimit)
        /// The task that made the call was cancelled. Pending `<close>` variables were closed.
        public static let cancelled = Code(kind: .cancelled)
        /// A value cannot cross; the message names the path to it.
        public static let badValue = Code(kind: .badValue)
        /// Too many calls are under way. Nothing ran; try again later.
        public static let busy = Code(kind: .busy)
        /// The VM was closed.
        public static let closed = Code(kind: .closed)

        /// The name of the code, for logs.
        public var description: String { kind.rawValue }
    }
}
