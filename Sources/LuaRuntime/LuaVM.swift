import CLuaBridge
import Synchronization

/// One Lua machine with its sandbox, on a ``LuaLane``.
///
/// Scripts see the safe part of Lua's library, what the preludes return from `require`, and the modules that the loader
/// finds. They cannot see, write or outlive anything else: memory, instructions and time are limited, and no `pcall`
/// catches a limit. After every error the VM answers the next call.
///
/// Calls run concurrently as far as they wait: one that waits for a host function lets others run. The VM closes when
/// its last reference and its last call are gone, on its own lane.
public actor LuaVM {
    /// Trusted Lua of ours, which runs before any script.
    public struct Prelude: Sendable {
        /// Name under which `require` gives what the prelude returned.
        public var module: String
        /// Lua text, called with one argument, `host`.
        public var source: String

        /// Makes a prelude.
        public init(module: String, source: String) {
            self.module = module
            self.source = source
        }
    }

    /// The lane on which everything of this VM happens; see ``move(to:)``.
    public nonisolated var lane: LuaLane { seat.lane }
    /// What runs this VM's calls one after the other, as the concurrency runtime asks for it.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { seat.asUnownedSerialExecutor() }

    private nonisolated let seat: LuaSeat

    private let limits: LuaLimits
    private let host: HostTable
    /// Nil after ``close()``.
    private var machine: LuaMachine?
    private var callsUnderWay = 0

    /// Opens the VM and runs the preludes, on the calling thread.
    ///
    /// - Parameters:
    ///   - lane: Where the VM lives. It must run as long as the VM.
    ///   - limits: Limits of the whole VM.
    ///   - functions: What preludes reach under `host.call`. Names must differ.
    ///   - preludes: Trusted chunks, in order; a later one may `require` an earlier one.
    ///   - modules: Finds what scripts `require`.
    /// - Throws: ``LuaError/Code/memory`` if the limit is too small for the sandbox; otherwise what a prelude raised.
    /// - Complexity: Some 0.2 ms without preludes.
    public init(
        lane: LuaLane, limits: LuaLimits = .init(), functions: [HostFunction], preludes: [Prelude],
        modules: @escaping ModuleLoader
    ) throws {
        seat = LuaSeat(on: lane)
        self.limits = limits
        host = HostTable(functions: functions, modules: modules)
        let machine = try LuaMachine(limits: limits, host: host)
        self.machine = machine
        Self.opened.add(1, ordering: .relaxed)
        for prelude in preludes {
            try machine.load(prelude)
        }
    }

    isolated deinit {
        closeMachine()
    }

    /// How many VMs of this process are open now.
    public static var openCount: Int { opened.load(ordering: .relaxed) }

    private static let opened = Atomic(0)

    private func closeMachine() {
        guard let machine else { return }
        machine.close()
        self.machine = nil
        Self.opened.subtract(1, ordering: .relaxed)
    }

    /// Goes on on another lane, for instance after loading on one that serves nobody. A job that is under way ends where
    /// it is, before the first on the other lane begins.
    public nonisolated func move(to lane: LuaLane) { seat.move(to: lane) }

    /// Closes the VM at once, if no call is under way; otherwise when the last one ends. Later calls fail with
    /// ``LuaError/Code/closed``. Not needed for tidiness: the last reference closes it, too.
    public func close() {
        closing = true
        closeIfIdle()
    }

    private var closing = false

    private func closeIfIdle() {
        guard closing, callsUnderWay == 0 else { return }
        closeMachine()
    }

    /// Loads and runs a script in the sandbox. While it runs nothing can wait, and nothing else of the lane runs.
    ///
    /// - Parameters:
    ///   - source: Text of the script and the name for its errors.
    ///   - budget: What it may use.
    ///   - context: Handed to host functions in ``HostCall/context``.
    /// - Returns: What the script returned. Functions are allowed in it.
    /// - Throws: ``LuaError``: `syntax`, `runtime`, `memory`, `instructionLimit`, `timeLimit`, `badValue` or `closed`.
    ///   Modules that it loaded before stay loaded.
    public func run(
        _ source: LuaSource, budget: LuaBudget = LuaBudget(), context: (any Sendable)? = nil
    ) throws(LuaError) -> [LuaValue] {
        let machine = try openMachine()
        host.context = context
        defer { host.context = nil }
        return try values(try machine.run(source, budget: budget))
    }

    /// Calls an entry that a prelude registered with `host.entry`, in a coroutine of its own.
    ///
    /// Host functions that suspend suspend it; meanwhile other calls run. A call that computes gives way to others
    /// after each ``LuaLimits/sliceInstructions``.
    ///
    /// - Parameters:
    ///   - entry: Name of the entry.
    ///   - arguments: One value each.
    ///   - budget: What it may use in all; waiting is free.
    ///   - context: Handed to host functions in ``HostCall/context``.
    /// - Returns: What the entry returned.
    /// - Throws: ``LuaError``, or the reason of a ``HostAbort``. If the task is cancelled, `cancelled`: the coroutine is closed, its pending `<close>`
    ///   variables get a small budget each, and the host function that it waits for has ended before.
    /// - Complexity: Some microseconds beside what the script does.
    public func call(
        _ entry: String, _ arguments: [any LuaEncodable & Sendable], budget: LuaBudget = LuaBudget(),
        context: (any Sendable)? = nil
    ) async throws -> [LuaValue] {
        var writer = LuaWriter()
        writer.beginMessage(count: arguments.count)
        for argument in arguments {
            try argument.encode(to: &writer)
        }
        return try await call(entry, message: writer.bytes, budget: budget, context: context)
    }

    /// Calls an entry as ``call(_:_:budget:context:)`` does, with one argument that is not boxed.
    public func call(
        _ entry: String, with argument: some LuaEncodable & Sendable, budget: LuaBudget = LuaBudget(),
        context: (any Sendable)? = nil
    ) async throws -> [LuaValue] {
        var writer = LuaWriter()
        writer.beginMessage(count: 1)
        try argument.encode(to: &writer)
        return try await call(entry, message: writer.bytes, budget: budget, context: context)
    }

    private func call(
        _ entry: String, message: [UInt8], budget: LuaBudget, context: (any Sendable)?
    ) async throws -> [LuaValue] {
        let machine = try openMachine()
        guard callsUnderWay < limits.concurrentCalls else {
            throw LuaError(code: .busy, message: "too many calls are under way (limit \(limits.concurrentCalls))")
        }
        if Task.isCancelled { throw Self.cancelled }
        callsUnderWay += 1
        defer {
            callsUnderWay -= 1
            closeIfIdle()
        }
        let call = try machine.start(entry, message, budget: budget)
        defer {
            // Handlers that run now may call host functions.
            host.context = context
            machine.end(call)
            host.context = nil
        }
        var answer = LuaMachine.Answer.nothing
        while true {
            host.context = context
            let step = machine.resume(call, answer)
            host.context = nil
            switch step {
            case .done(let bytes): return try values(bytes)
            case .failed(let error): throw error
            case .sliceUsed:
                answer = .nothing
                await Task.yield()
            case .waits(let function, let arguments, let location):
                answer = try await outcome(of: function, arguments, location, context)
            }
            if Task.isCancelled { throw Self.cancelled }
            if closing { throw Self.closed }
        }
    }

    /// While true, reading an unknown field of a module that a script required raises, with "did you mean".
    public func setLoading(_ flag: Bool) {
        machine?.setLoading(flag)
    }

    /// Bytes that Lua holds now, garbage included.
    public var memoryInUse: Int { machine?.memoryInUse ?? 0 }

    /// For tests of the bridge.
    func withMachine<Result>(_ body: (LuaMachine) throws -> Result) throws -> Result {
        try body(try openMachine())
    }

    private func openMachine() throws(LuaError) -> LuaMachine {
        guard let machine, !closing else { throw Self.closed }
        return machine
    }

    private func outcome(
        of index: Int, _ arguments: [UInt8], _ location: LuaLocation?, _ context: (any Sendable)?
    ) async throws -> LuaMachine.Answer {
        guard case .suspending(let body) = host.functions[index].body else { return .nothing }
        do {
            let call = HostCall(arguments: try values(arguments), location: location, context: context)
            return .values(try message(try await body(call)))
        } catch let abort as HostAbort {
            throw abort.reason
        } catch {
            return .error(Array(hostMessage(error).utf8))
        }
    }

    private static let cancelled = LuaError(code: .cancelled, message: "the call was cancelled")
    private static let closed = LuaError(code: .closed, message: "the VM is closed")
}
