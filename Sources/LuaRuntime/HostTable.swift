import CLuaBridge

/// What the C side calls back into: the host functions, the loader, and the context of the call that runs.
///
/// Not `Sendable`: it belongs to the VM, and C calls it only from within an entry point that the VM called.
final class HostTable {
    let functions: [HostFunction]
    let modules: ModuleLoader
    /// Context of the call that runs now; set for the length of one entry point.
    var context: (any Sendable)?

    init(functions: [HostFunction], modules: @escaping ModuleLoader) {
        self.functions = functions
        self.modules = modules
    }

    /// The callbacks for C. They borrow this table, which must outlive the VM.
    var callbacks: clb_host {
        clb_host(
            context: Unmanaged.passUnretained(self).toOpaque(),
            invoke: { raw, index, arguments, place, out in
                guard let raw, let out else { return CLB_RAISE }
                let table = Unmanaged<HostTable>.fromOpaque(raw).takeUnretainedValue()
                return answer(out) { try table.invoke(Int(index), arguments: arguments, place: place) }
            },
            find_module: { raw, name, out in
                guard let raw, let out else { return CLB_RAISE }
                let table = Unmanaged<HostTable>.fromOpaque(raw).takeUnretainedValue()
                return answer(out) { try table.source(of: String(name)) }
            })
    }

    /// The bytes of a message with the results of an immediate function.
    private func invoke(_ index: Int, arguments: clb_bytes, place: clb_place) throws -> [UInt8]? {
        guard case .immediate(let body) = functions[index].body else { return nil }
        let call = try hostCall(arguments: [UInt8](arguments), place: place, context: context)
        return try message(try body(call))
    }

    private func source(of module: String) throws -> [UInt8]? {
        guard let source = try modules(module) else { return nil }
        let name = Array(source.name.utf8)
        var bytes = withUnsafeBytes(of: UInt32(truncatingIfNeeded: name.count).littleEndian) { Array($0) }
        bytes.append(contentsOf: name)
        bytes.append(contentsOf: source.text.utf8)
        return bytes
    }
}

/// Runs a body for C: nothing may leave but a number and bytes.
private func answer(_ out: OpaquePointer, _ body: () throws -> [UInt8]?) -> clb_answer {
    do {
        guard let bytes = try body() else { return CLB_ABSENT }
        return clb_append(out, bytes, bytes.count) ? CLB_VALUES : CLB_RAISE
    } catch {
        let text = Array(hostMessage(error).utf8)
        _ = clb_append(out, text, text.count)
        return CLB_RAISE
    }
}

/// The sentence that a script gets for an error of the host.
func hostMessage(_ error: any Error) -> String {
    switch error {
    case let error as HostError: error.message
    case let error as LuaError: error.message
    default: String(describing: error)
    }
}

func hostCall(arguments: [UInt8], place: clb_place, context: (any Sendable)?) throws(LuaError) -> HostCall {
    HostCall(arguments: try values(arguments), location: LuaLocation(place), context: context)
}

/// The bytes of a message that holds these values.
func message(_ values: [LuaValue]) throws(LuaError) -> [UInt8] {
    var writer = LuaWriter()
    writer.beginMessage(count: values.count)
    for value in values {
        try value.encode(to: &writer)
    }
    return writer.bytes
}

/// The values of a message.
func values(_ bytes: [UInt8]) throws(LuaError) -> [LuaValue] {
    var reader = LuaReader(bytes)
    let count = try reader.messageCount()
    return try reader.values(count: count)
}

extension String {
    init(_ bytes: clb_bytes) {
        self.init(decoding: UnsafeBufferPointer(start: bytes.bytes, count: bytes.count), as: UTF8.self)
    }
}

extension [UInt8] {
    init(_ bytes: clb_bytes) {
        self.init(UnsafeBufferPointer(start: bytes.bytes, count: bytes.count))
    }
}

extension LuaLocation {
    init?(_ place: clb_place) {
        guard place.file.count > 0 else { return nil }
        self.init(file: String(place.file), line: Int(place.line))
    }
}

extension LuaError {
    /// The error that C noted last.
    init(_ error: clb_error) {
        let code: Code =
            switch error.code {
            case CLB_CODE_SYNTAX: .syntax
            case CLB_CODE_MEMORY: .memory
            case CLB_CODE_INSTRUCTIONS: .instructionLimit
            case CLB_CODE_TIME: .timeLimit
            case CLB_CODE_BAD_VALUE: .badValue
            default: .runtime
            }
        var traceback = String(error.traceback)
        if traceback.last == "\n" {
            traceback.removeLast()
        }
        self.init(
            code: code, message: String(error.message), location: LuaLocation(error.place),
            traceback: traceback.isEmpty ? nil : traceback)
    }
}
