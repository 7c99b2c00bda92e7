import CLuaBridge

/// Writes the flat bytes in which values cross into Lua.
///
/// A container is announced with its count, then its items follow: for an object `key` and one value in turn. The
/// bridge checks what it reads, so a wrong count is an error of the call and no harm to the VM.
public struct LuaWriter {
    private(set) var bytes: [UInt8] = []

    /// An empty writer.
    public init() {}

    /// Writes JSON's null.
    public mutating func null() { tag(CLB_NULL) }

    /// Writes nil: an absent argument, or a field that will not exist. Refused by Lua's side inside an array.
    public mutating func `nil`() { tag(CLB_NIL) }

    /// Writes true or false.
    public mutating func boolean(_ value: Bool) { tag(value ? CLB_TRUE : CLB_FALSE) }

    /// Writes a whole number; it stays one in Lua.
    public mutating func integer(_ value: Int64) {
        tag(CLB_INTEGER)
        raw(UInt64(bitPattern: value))
    }

    /// Writes a number with a fraction; it stays one even if it is whole.
    ///
    /// - Throws: ``LuaError/Code/badValue`` if it is infinite or not a number.
    public mutating func number(_ value: Double) throws(LuaError) {
        guard value.isFinite else {
            throw LuaError(code: .badValue, message: "the number \(value) cannot cross; numbers are finite")
        }
        tag(CLB_NUMBER)
        raw(value.bitPattern)
    }

    /// Writes text as UTF-8.
    public mutating func string(_ value: String) {
        tag(CLB_STRING)
        text(value)
    }

    /// Begins an array; `count` values follow.
    public mutating func beginArray(count: Int) {
        tag(CLB_ARRAY)
        raw(UInt32(truncatingIfNeeded: count))
    }

    /// Begins an object; `count` keys follow, each with its value.
    public mutating func beginObject(count: Int) {
        tag(CLB_OBJECT)
        raw(UInt32(truncatingIfNeeded: count))
    }

    /// Writes the key of the next field; its value follows.
    public mutating func key(_ value: String) { string(value) }

    /// Writes a function that came out of the same VM.
    public mutating func function(_ value: LuaFunction) {
        tag(CLB_FUNCTION)
        raw(UInt64(bitPattern: Int64(value.id)))
    }

    /// Writes a handle. Its kind need not be registered; it has no methods then.
    public mutating func handle(_ value: LuaHandle) {
        tag(CLB_HANDLE)
        text(value.kind)
        raw(UInt64(bitPattern: Int64(value.id)))
    }

    /// Begins a message: values follow one another, `count` of them.
    mutating func beginMessage(count: Int) { raw(UInt32(truncatingIfNeeded: count)) }

    private mutating func tag(_ tag: clb_tag) { bytes.append(UInt8(truncatingIfNeeded: tag.rawValue)) }

    private mutating func raw(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func text(_ value: String) {
        var value = value
        value.withUTF8 {
            raw(UInt32(truncatingIfNeeded: $0.count))
            bytes.append(contentsOf: $0)
        }
    }
}
