import Foundation
import ParlantCore
import ParlantEngine

/// Vectors that `bench.py` asked an embedder for: one line for each text, `{"text": …, "vector": […]}`.
enum VectorFile {
    static func read(_ file: String) throws -> [String: UnitVector] {
        var vectors: [String: UnitVector] = [:]
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
            let row = try JSONParser.parse(String(line))
            let numbers = (row["vector"]?.array ?? []).compactMap { Float("\($0)") }
            vectors[row["text"]?.string ?? ""] = UnitVector(numbers)
        }
        return vectors
    }
}
