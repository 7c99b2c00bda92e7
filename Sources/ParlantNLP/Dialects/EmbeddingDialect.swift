import ParlantCore

/// How one family of services is asked for vectors: pure functions between texts and its JSON.
protocol EmbeddingDialect: Sendable {
    /// Below the base URL, beginning with `/`.
    var path: String { get }

    /// The body of a request.
    func body(of texts: [String], model: String) -> JSONObject
    /// The vectors of a reply in the order of the texts; nil unless there is exactly one for each.
    func vectors(in reply: JSONValue, count: Int) -> [[Float]]?
    /// The tokens that the request was charged for.
    func usage(in reply: JSONValue) -> TokenUsage
    /// As ``ChatDialect/plainer(after:)``.
    func plainer(after refusal: String) -> (any EmbeddingDialect)?
}

/// OpenAI's embeddings.
struct OpenAIEmbeddings: EmbeddingDialect, Equatable {
    /// Base64 is a quarter of the size of decimal numbers; some servers know only those.
    var wantsBase64 = true

    let path = "/embeddings"

    func body(of texts: [String], model: String) -> JSONObject {
        var body: JSONObject = ["model": .string(model), "input": .array(texts.map(JSONValue.string))]
        if wantsBase64 { body["encoding_format"] = "base64" }
        return body
    }

    /// The vectors by their `index`.
    func vectors(in reply: JSONValue, count: Int) -> [[Float]]? {
        guard let data = reply["data"]?.array, data.count == count else { return nil }
        var vectors: [[Float]?] = Array(repeating: nil, count: count)
        for (position, entry) in data.enumerated() {
            let index = Int(clamping: entry["index"]?.integer ?? Int64(position))
            guard vectors.indices.contains(index), vectors[index] == nil, let vector = Vector.read(entry["embedding"])
            else { return nil }
            vectors[index] = vector
        }
        return vectors.compactMap { $0 }
    }

    func usage(in reply: JSONValue) -> TokenUsage {
        TokenUsage(input: reply["usage"]?["prompt_tokens"]?.tokens ?? 0)
    }

    func plainer(after refusal: String) -> (any EmbeddingDialect)? {
        wantsBase64 && refusal.contains("encoding_format") ? OpenAIEmbeddings(wantsBase64: false) : nil
    }
}

/// Ollama's own embeddings.
struct OllamaEmbeddings: EmbeddingDialect, Equatable {
    let path = "/api/embed"

    func body(of texts: [String], model: String) -> JSONObject {
        ["model": .string(model), "input": .array(texts.map(JSONValue.string))]
    }

    func vectors(in reply: JSONValue, count: Int) -> [[Float]]? {
        guard let values = reply["embeddings"]?.array, case let vectors = values.compactMap({ Vector.read($0) }),
            values.count == count, vectors.count == count
        else { return nil }
        return vectors
    }

    func usage(in reply: JSONValue) -> TokenUsage {
        TokenUsage(input: reply["prompt_eval_count"]?.tokens ?? 0)
    }

    func plainer(after refusal: String) -> (any EmbeddingDialect)? { nil }
}

/// One vector in a reply.
enum Vector {
    /// Decimal numbers, or base64 of little-endian floats; nil for anything else, for none and for what is not finite.
    static func read(_ value: JSONValue?) -> [Float]? {
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
