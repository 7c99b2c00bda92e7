/// Something that can be written for Lua without a ``LuaValue`` in between.
public protocol LuaEncodable {
    /// Writes exactly one value (which may be an array or an object with all that it holds).
    ///
    /// - Throws: ``LuaError/Code/badValue``; what was written before is of no use then.
    func encode(to writer: inout LuaWriter) throws(LuaError)
}

/// Something that can be read from what Lua wrote.
public protocol LuaDecodable {
    /// Reads exactly one value.
    ///
    /// - Throws: ``LuaError/Code/badValue`` if it is of another type.
    init(from reader: inout LuaReader) throws(LuaError)
}

extension LuaValue: LuaEncodable {
    /// Writes the whole tree. An error names the path to the value that cannot cross, such as `.items[2]`.
    public func encode(to writer: inout LuaWriter) throws(LuaError) {
        switch self {
        case .nil: writer.nil()
        case .null: writer.null()
        case .boolean(let value): writer.boolean(value)
        case .integer(let value): writer.integer(value)
        case .number(let value): try writer.number(value)
        case .string(let value): writer.string(value)
        case .function(let value): writer.function(value)
        case .handle(let value): writer.handle(value)
        case .array(let items):
            writer.beginArray(count: items.count)
            for (index, item) in items.enumerated() {
                do { try item.encode(to: &writer) } catch { throw error.under("[\(index + 1)]") }
            }
        case .object(let fields):
            writer.beginObject(count: fields.count)
            for field in fields {
                writer.key(field.key)
                do { try field.value.encode(to: &writer) } catch { throw error.under(".\(field.key)") }
            }
        }
    }
}

extension LuaValue: LuaDecodable {
    /// Reads a whole tree; the fields of objects are sorted by key.
    public init(from reader: inout LuaReader) throws(LuaError) {
        switch try reader.next() {
        case .nil: self = .nil
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .function(let value): self = .function(value)
        case .handle(let value): self = .handle(value)
        case .array(let count): self = .array(try reader.values(count: count))
        case .object(let count):
            var fields: [LuaField] = []
            fields.reserveCapacity(count)
            for _ in 0..<count {
                let key = try String(from: &reader)
                fields.append(LuaField(key: key, value: try LuaValue(from: &reader)))
            }
            fields.sort { $0.key < $1.key }
            self = .object(fields)
        }
    }
}

extension String: LuaEncodable, LuaDecodable {
    /// Writes text.
    public func encode(to writer: inout LuaWriter) { writer.string(self) }

    /// Reads one value of this type, or throws ``LuaError/Code/badValue``.
    public init(from reader: inout LuaReader) throws(LuaError) {
        guard case .string(let value) = try reader.next() else { throw .expected("a string") }
        self = value
    }
}

extension Bool: LuaEncodable, LuaDecodable {
    /// Writes true or false.
    public func encode(to writer: inout LuaWriter) { writer.boolean(self) }

    /// Reads one value of this type, or throws ``LuaError/Code/badValue``.
    public init(from reader: inout LuaReader) throws(LuaError) {
        guard case .boolean(let value) = try reader.next() else { throw .expected("true or false") }
        self = value
    }
}

extension Int64: LuaEncodable, LuaDecodable {
    /// Writes a whole number.
    public func encode(to writer: inout LuaWriter) { writer.integer(self) }

    /// Reads one value of this type, or throws ``LuaError/Code/badValue``.
    public init(from reader: inout LuaReader) throws(LuaError) {
        guard case .integer(let value) = try reader.next() else { throw .expected("an integer") }
        self = value
    }
}

extension Double: LuaEncodable, LuaDecodable {
    /// Writes a finite number; throws ``LuaError/Code/badValue`` for others.
    public func encode(to writer: inout LuaWriter) throws(LuaError) { try writer.number(self) }

    /// Reads a number; an integer counts as one.
    public init(from reader: inout LuaReader) throws(LuaError) {
        switch try reader.next() {
        case .number(let value): self = value
        case .integer(let value): self = Double(value)
        default: throw .expected("a number")
        }
    }
}

extension Array: LuaEncodable where Element: LuaEncodable {
    /// Writes an array of the items.
    public func encode(to writer: inout LuaWriter) throws(LuaError) {
        writer.beginArray(count: count)
        for item in self {
            try item.encode(to: &writer)
        }
    }
}

extension Array: LuaDecodable where Element: LuaDecodable {
    /// Reads an array whose items are all of this type.
    public init(from reader: inout LuaReader) throws(LuaError) {
        guard case .array(let count) = try reader.next() else { throw .expected("an array") }
        self = try reader.values(count: count)
    }
}

extension Optional: LuaEncodable where Wrapped: LuaEncodable {
    /// Writes the value, or nil.
    public func encode(to writer: inout LuaWriter) throws(LuaError) {
        if let self {
            try self.encode(to: &writer)
        } else {
            writer.nil()
        }
    }
}

extension Optional: LuaDecodable where Wrapped: LuaDecodable {
    /// Reads a value; both nil and null are nil here.
    public init(from reader: inout LuaReader) throws(LuaError) {
        var ahead = reader
        switch try ahead.next() {
        case .nil, .null:
            reader = ahead
            self = nil
        default:
            self = try Wrapped(from: &reader)
        }
    }
}

extension LuaReader {
    mutating func values<Value: LuaDecodable>(count: Int) throws(LuaError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            values.append(try Value(from: &self))
        }
        return values
    }
}

extension LuaError {
    static func expected(_ what: String) -> LuaError {
        LuaError(code: .badValue, message: "\(what) was expected")
    }

    /// The same error with one more step of the path to the value before its message.
    fileprivate func under(_ step: String) -> LuaError {
        var error = self
        let separator = message.hasPrefix("[") || message.hasPrefix(".") ? "" : ": "
        error.message = step + separator + message
        return error
    }
}
