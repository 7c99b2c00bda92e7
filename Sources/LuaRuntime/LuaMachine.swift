import CLuaBridge

/// The C entry points as Swift calls them. Not `Sendable`: it belongs to one ``LuaVM``.
final class LuaMachine {
    /// What resuming a call led to.
    enum Step {
        case done([UInt8])
        case failed(LuaError)
        case sliceUsed
        case waits(function: Int, arguments: [UInt8], location: LuaLocation?)
    }

    /// What a waiting call is resumed with.
    enum Answer {
        case nothing
        case values([UInt8])
        case error([UInt8])
    }

    private let vm: OpaquePointer

    init(limits: LuaLimits, host: HostTable) throws(LuaError) {
        let bounds = clb_limits(
            memory_bytes: limits.memoryBytes, largest_block_bytes: limits.largestBlockBytes,
            slice_instructions: Int64(limits.sliceInstructions), depth: Int32(truncatingIfNeeded: limits.depth))
        let names = host.functions.map { Array($0.name.utf8) }
        var described: [clb_host_function] = []
        var opened: OpaquePointer?
        // The names are copied by clb_open; until then one flat array keeps them at a fixed address.
        names.flatMap { $0 }.withUnsafeBufferPointer { all in
            var offset = 0
            for (function, name) in zip(host.functions, names) {
                let bytes = clb_bytes(bytes: all.baseAddress.map { $0 + offset }, count: name.count)
                offset += name.count
                var suspends = false
                if case .suspending = function.body { suspends = true }
                described.append(
                    clb_host_function(name: bytes, suspends: suspends, passes_functions: function.passesFunctions))
            }
            opened = clb_open(bounds, host.callbacks, described, described.count)
        }
        guard let opened else {
            throw LuaError(code: .memory, message: "out of memory while the sandbox was opened")
        }
        vm = opened
    }

    /// Closes the VM; the machine must not be used afterwards. All calls must have ended.
    func close() { clb_close(vm) }

    func load(_ prelude: LuaVM.Prelude) throws(LuaError) {
        let budget = clb_budget(instructions: 50_000_000, nanoseconds: 5_000_000_000)
        let status = withBytes(Array(prelude.module.utf8), Array(prelude.source.utf8)) {
            clb_load_prelude(vm, $0, $1, budget)
        }
        if status != CLB_DONE { throw failure }
    }

    func run(_ source: LuaSource, budget: LuaBudget) throws(LuaError) -> [UInt8] {
        let status = withBytes(Array(source.name.utf8), Array(source.text.utf8)) {
            clb_run(vm, $0, $1, clb_budget(budget))
        }
        if status != CLB_DONE { throw failure }
        return [UInt8](clb_output(vm))
    }

    func start(_ entry: String, _ message: [UInt8], budget: LuaBudget) throws(LuaError) -> OpaquePointer {
        var call: OpaquePointer?
        let status = withBytes(Array(entry.utf8), message) { clb_start(vm, $0, $1, clb_budget(budget), &call) }
        guard status == CLB_DONE, let call else { throw failure }
        return call
    }

    func resume(_ call: OpaquePointer, _ answer: Answer) -> Step {
        let (kind, bytes) =
            switch answer {
            case .nothing: (CLB_NOTHING, [UInt8]())
            case .values(let bytes): (CLB_VALUES, bytes)
            case .error(let bytes): (CLB_RAISE, bytes)
            }
        let status = withBytes(bytes, []) { first, _ in clb_resume(vm, call, kind, first) }
        switch status {
        case CLB_DONE: return .done([UInt8](clb_output(vm)))
        case CLB_SLICE: return .sliceUsed
        case CLB_WAITS:
            var place = clb_place()
            let function = clb_waits_for(call, &place)
            return .waits(
                function: Int(function), arguments: [UInt8](clb_output(vm)), location: LuaLocation(place))
        default: return .failed(failure)
        }
    }

    func end(_ call: OpaquePointer) { clb_end(vm, call) }

    func setLoading(_ flag: Bool) { clb_set_loading(vm, flag) }

    var memoryInUse: Int { clb_memory(vm) }

    // For tests of the bridge.
    var stackHeight: Int { Int(clb_stack_height(vm)) }
    var registrySize: Int { Int(clb_registry_size(vm)) }
    var failureDelivered: Bool { clb_failure_delivered(vm) }
    func failAllocations(after: Int, run: Int) { clb_fail_allocations(vm, Int64(after), Int64(run)) }
    static var panics: Int { Int(clb_panics()) }

    private var failure: LuaError { LuaError(clb_failure(vm)) }
}

/// Lends two byte arrays to C for the length of a call.
private func withBytes<Result>(_ a: [UInt8], _ b: [UInt8], _ body: (clb_bytes, clb_bytes) -> Result) -> Result {
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            body(
                clb_bytes(bytes: a.baseAddress, count: a.count), clb_bytes(bytes: b.baseAddress, count: b.count))
        }
    }
}

extension clb_budget {
    fileprivate init(_ budget: LuaBudget) {
        let (seconds, attoseconds) = budget.time.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let nanoseconds = overflow ? Int64.max / 4 : min(whole + attoseconds / 1_000_000_000, Int64.max / 4)
        self.init(instructions: Int64(budget.instructions), nanoseconds: nanoseconds)
    }
}
