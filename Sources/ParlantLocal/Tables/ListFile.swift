import ParlantCore
import ParlantStores

/// A file with one list: an object that says what it is, and the elements, one a line.
///
/// It may be edited while no server uses it: any layout that JSON allows is read.
struct ListFile {
    /// What the list is called: `customers`.
    let list: String

    /// Name of the file.
    var name: String { "\(list).json" }

    /// What comes before the elements, between them and after them.
    var head: [UInt8] { Array("{\n\"format\": \"\(format)\",\n\"\(list)\": [\n".utf8) }
    static let separator = Array(",\n".utf8)
    static let tail = Array("\n]\n}\n".utf8)

    private var format: String { "parlant-runtime \(list)" }

    /// The elements of a file.
    struct Contents {
        let file: String
        let bytes: [UInt8]
        /// Where each element is, an object.
        let elements: [Range<Int>]

        /// Reads each element.
        func forEach<Form: StoredForm>(_ type: Form.Type, _ body: (Form) -> Void) throws(FileDamage) {
            for range in elements { body(try read(range)) }
        }

        private func read<Form: StoredForm>(_ range: Range<Int>) throws(FileDamage) -> Form {
            let value: JSONValue
            do {
                value = try JSONParser.parse(bytes[range])
            } catch {
                throw FileDamage(notJSON: error.message, at: range.lowerBound + error.position, bytes, file)
            }
            do {
                return try Form(storedForm: value.object ?? [:])
            } catch {
                throw FileDamage(
                    file: file, line: Self.line(of: range.lowerBound, bytes),
                    problem: "\(error); correct it, or put back a copy of the file")
            }
        }

        fileprivate static func line(of position: Int, _ bytes: [UInt8]) -> Int {
            1 + bytes.prefix(position).reduce(into: 0) { if $1 == UInt8(ascii: "\n") { $0 += 1 } }
        }
    }

    /// Finds the elements of a file.
    ///
    /// - Returns: Nil for a file of another format.
    /// - Throws: ``FileDamage`` with the position of what is no JSON.
    func read(_ bytes: [UInt8]) throws(FileDamage) -> Contents? {
        var scanner = ListScanner(bytes, list: list, file: name)
        let elements = try scanner.elements()
        guard let elements else {
            // Another object, or none at all.
            do {
                _ = try JSONParser.parse(bytes)
            } catch {
                throw FileDamage(notJSON: error.message, at: error.position, bytes, name)
            }
            return nil
        }
        let (open, close) = scanner.brackets
        let frame = Array(bytes[...open]) + bytes[close...]
        let members: JSONValue
        do {
            members = try JSONParser.parse(frame)
        } catch {
            let position = error.position > open ? error.position + close - open - 1 : error.position
            throw FileDamage(notJSON: error.message, at: position, bytes, name)
        }
        guard members["format"]?.string == format else { return nil }
        return Contents(file: name, bytes: bytes, elements: elements)
    }
}

extension FileDamage {
    init(notJSON message: String, at position: Int, _ bytes: [UInt8], _ file: String) {
        let start = bytes.prefix(position).lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.init(
            file: file, line: ListFile.Contents.line(of: position, bytes),
            problem: "column \(position - start + 1) is no JSON: \(message); correct it, or put back a copy of the file"
        )
    }
}

/// Finds the elements of a list that is a member of an object, without building anything.
private struct ListScanner {
    let bytes: [UInt8]
    let list: String
    let file: String
    private var position = 0
    /// Positions of the list's brackets, once it was found.
    private(set) var brackets = (open: 0, close: 0)

    init(_ bytes: [UInt8], list: String, file: String) {
        self.bytes = bytes
        self.list = list
        self.file = file
    }

    /// Nil when there is no such list.
    mutating func elements() throws(FileDamage) -> [Range<Int>]? {
        let key = Array("\"\(list)\"".utf8)
        guard take("{") else { return nil }
        while position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            let start = position
            try skipString()
            let isList = bytes[start..<min(position, bytes.count)].elementsEqual(key)
            guard take(":") else { return nil }
            if isList { return try listed() }
            guard try skipValue(), take(",") else { return nil }
        }
        return nil
    }

    private mutating func listed() throws(FileDamage) -> [Range<Int>]? {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "[") else { return nil }
        brackets.open = position
        position += 1
        skipSpace()
        var elements: [Range<Int>] = []
        while position < bytes.count, bytes[position] == UInt8(ascii: "{") {
            let start = position
            guard try skipValue() else { throw error("the list of \(list) has no end") }
            elements.append(start..<position)
            skipSpace()
            guard take(",") else { break }
            guard position < bytes.count, bytes[position] == UInt8(ascii: "{") else { throw error("expected value") }
        }
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "]") else {
            throw error("expected `,` or `]`")
        }
        brackets.close = position
        return elements
    }

    private func error(_ message: String) -> FileDamage {
        FileDamage(notJSON: message, at: min(position, bytes.count), bytes, file)
    }

    /// Takes a character and the space around it.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        skipSpace()
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    /// Goes behind a text. It ends with its line at the latest: where a quote is missing, what follows would seem to be the
    /// text, and the mistake far below.
    private mutating func skipString() throws(FileDamage) {
        position += 1
        var isEscaped = false
        while position < bytes.count, isEscaped || bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] >= 0x20 else { throw error("control character found while parsing a string") }
            isEscaped = !isEscaped && bytes[position] == UInt8(ascii: "\\")
            position += 1
        }
        position += 1
    }

    /// Goes behind a value; whether it is one is left to the parser. False when the file ends before it does.
    private mutating func skipValue() throws(FileDamage) -> Bool {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return true }
                depth -= 1
                position += 1
                if depth == 0 { return true }
            case UInt8(ascii: ",") where depth == 0: return true
            default: position += 1
            }
        }
        return false
    }
}
