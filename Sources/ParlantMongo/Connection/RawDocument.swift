import CMongoc
import OrderedCollections

/// Documents in the form of the C library. Swift cannot hold one as a value, because it is aligned to 128 bytes, so it
/// lives in memory of our own for as long as a call needs it.
enum RawDocument {
    private static let size = 128

    /// Lends a document to a call that reads it.
    static func lend<Value>(_ document: BSONDocument, _ body: (OpaquePointer) throws -> Value) throws -> Value {
        let bytes = BSONWriter.bytes(of: document)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: size)
        defer { memory.deallocate() }
        return try bytes.withUnsafeBufferPointer { bytes in
            let raw = OpaquePointer(memory)
            guard bson_init_static(raw, bytes.baseAddress, bytes.count) else {
                throw MongoError(.tooLarge, "a document of \(bytes.count) bytes")
            }
            return try body(raw)
        }
    }

    /// Lets a call fill in a document, and reads it. The call fills it in whether it fails or not.
    static func receive(_ body: (OpaquePointer) throws -> Void) throws -> BSONDocument {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: size)
        defer { memory.deallocate() }
        let raw = OpaquePointer(memory)
        bson_init(raw)
        defer { bson_destroy(raw) }
        try body(raw)
        return try read(raw)
    }

    /// Reads a document that the library keeps.
    static func read(_ raw: OpaquePointer) throws -> BSONDocument {
        guard let data = bson_get_data(raw) else { throw MongoError(.failed, "a document without content") }
        let header = UnsafeRawPointer(data)
        let length = Int(Int32(littleEndian: header.loadUnaligned(as: Int32.self)))
        do {
            return try BSONReader.document(UnsafeRawBufferPointer(start: header, count: length))
        } catch {
            throw MongoError(.failed, "an answer that is no BSON: \(error)")
        }
    }
}
