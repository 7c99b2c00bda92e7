import ParlantCore

/// Asks an embeddings endpoint for vectors.
struct OpenAIEmbedder: Embedder {
    /// Texts in one request; services allow some thousand, local servers are slower and better fed in pieces.
    private static let batch = 128
    /// 128 vectors of 3,072 dimensions as decimal numbers are about 8 MB.
    private static let maxReplyBytes = 32 << 20

    let client: OpenAIClient
    let model: String
    let dialect: LearnedDialect

    func embed(_ texts: [String]) async throws -> [[Float]] {
        let deadline = client.deadline()
        var vectors: [[Float]] = []
        for start in stride(from: 0, to: texts.count, by: Self.batch) {
            let part = Array(texts[start..<min(start + Self.batch, texts.count)])
            vectors += try await embedBatch(part, until: deadline)
        }
        guard Set(vectors.map(\.count)).count <= 1 else { throw malformed() }
        return vectors
    }

    private func embedBatch(_ texts: [String], until deadline: Duration) async throws -> [[Float]] {
        var attempts = 0
        while true {
            let used = dialect.current
            var body: JSONObject = ["model": .string(model), "input": .array(texts.map(JSONValue.string))]
            if used.sendsEncodingFormat { body["encoding_format"] = "base64" }
            let answer = try await client.post(
                "/embeddings", .object(body), until: deadline, attempts: &attempts,
                maxReplyBytes: Self.maxReplyBytes)
            switch answer {
            case .body(let body):
                guard let vectors = Self.vectors(in: body, count: texts.count) else { throw malformed() }
                return vectors
            case .refused(let what, let error):
                guard dialect.learn(from: what, used: used) else { throw error }
            }
        }
    }

    private func malformed() -> NLPError {
        NLPError(
            .malformed, "\(client.configuration.host) did not send one vector per text; check the model '\(model)'")
    }

    /// The vectors by their `index`; nil unless there is exactly one for each.
    static func vectors(in body: JSONValue, count: Int) -> [[Float]]? {
        guard let data = body["data"]?.array, data.count == count else { return nil }
        var vectors: [[Float]?] = Array(repeating: nil, count: count)
        for (position, entry) in data.enumerated() {
            let index = Int(clamping: entry["index"]?.integer ?? Int64(position))
            guard vectors.indices.contains(index), vectors[index] == nil, let vector = vector(entry["embedding"]) else {
                return nil
            }
            vectors[index] = vector
        }
        return vectors.compactMap { $0 }
    }

    private static func vector(_ value: JSONValue?) -> [Float]? {
        let vector: [Float]
        if let numbers = value?.array {
            vector = numbers.compactMap(\.number).map(Float.init)
            guard vector.count == numbers.count else { return nil }
        } else if let text = value?.string, let bytes = Base64.decode(text), bytes.count % 4 == 0 {
            vector = stride(from: 0, to: bytes.count, by: 4).map { start in
                let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
                return Float(bitPattern: bits)
            }
        } else {
            return nil
        }
        return vector.isEmpty || !vector.allSatisfy(\.isFinite) ? nil : vector
    }
}

/// Base64 of RFC 4648, section 4.
enum Base64 {
    private static let values: [UInt8?] = {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        var values = [UInt8?](repeating: nil, count: 256)
        for (value, character) in alphabet.utf8.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// The bytes; nil for a character outside the alphabet or a wrong length. Padding may be absent.
    static func decode(_ text: String) -> [UInt8]? {
        var digits = Array(text.utf8)
        for _ in 0..<2 where text.utf8.count % 4 == 0 && digits.last == UInt8(ascii: "=") { digits.removeLast() }
        guard digits.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for digit in digits {
            guard let value = values[Int(digit)] else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        return bytes
    }
}
