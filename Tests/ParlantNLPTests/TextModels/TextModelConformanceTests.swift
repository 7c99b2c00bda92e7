import ParlantCore
import ParlantTesting
import Testing

/// A model that keeps the contract, but for the faults it is given.
private struct Toy: TextModel {
    enum Fault { case emptyText, prose, shortVector, shuffled, sameVectors, everythingFlagged, constantCount, deaf }

    var fault: Fault?
    let name = "toy"
    let maxTokens = 4096
    let dimensions = 3
    let canStream = true
    let canModerate = true

    func generate(_ request: TextRequest) async throws -> TextCompletion {
        if fault == .emptyText { return TextCompletion(text: " ") }
        if request.schema != nil, fault != .prose { return TextCompletion(text: #"{"color": "brown", "legs": 4}"#) }
        return TextCompletion(text: "hello")
    }

    func stream(
        _ request: TextRequest, _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> TokenUsage {
        for piece in ["one", " two"] {
            if fault == .deaf { try? await receive(piece) } else { try await receive(piece) }
        }
        return TokenUsage()
    }

    func embed(_ texts: [String]) async throws -> [[Float]] {
        var vectors = texts.map { [Float($0.utf8.count), Float($0.utf8.first ?? 0), 1] }
        if fault == .shortVector { vectors[0].removeLast() }
        if fault == .shuffled { vectors.reverse() }
        if fault == .sameVectors { vectors = vectors.map { _ in [1, 0, 0] } }
        return vectors
    }

    func moderate(_ text: String) async throws -> Moderation { Moderation(isFlagged: fault == .everythingFlagged) }
    func countTokens(_ text: String) async throws -> Int { fault == .constantCount ? 7 : text.utf8.count / 4 }
}

@Suite("The conformance suite of text models")
struct TextModelConformanceTests {
    private func broken(_ fault: Toy.Fault?) async throws -> [String] {
        let model = Toy(fault: fault)
        var names: [String] = []
        for check in TextModelConformance.checks(for: model) {
            do { try await check.run(model) } catch is ConformanceFailure { names.append(check.name) }
        }
        return names
    }

    @Test("finds nothing wrong with a model that keeps the contract")
    func sound() async throws { #expect(try await broken(nil).isEmpty) }

    @Test(
        "finds the faults of a model, and says which rule is broken",
        arguments: [
            (Toy.Fault.emptyText, "a prompt is completed with some text"),
            (.prose, "with a schema, the text is JSON that fits"),
            (.shortVector, "each text gets a vector of the promised length, in order"),
            (.shuffled, "each text gets a vector of the promised length, in order"),
            (.sameVectors, "different texts have different vectors"),
            (.everythingFlagged, "a harmless text is not flagged"),
            (.constantCount, "a longer text has more tokens, and no text has less than none"),
            (.deaf, "a receiver that throws ends the stream with its own error"),
        ])
    fileprivate func faults(fault: Toy.Fault, rule: String) async throws {
        #expect(try await broken(fault).contains(rule))
    }
}
