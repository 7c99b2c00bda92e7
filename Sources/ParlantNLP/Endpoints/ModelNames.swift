public import ParlantCore

/// Which model of an endpoint answers which questions.
public struct ModelNames: Sendable, Hashable {
    /// Answers questions of size `large`, and all when there is no other.
    public var large: String
    /// Answers those of size `mini` and `nano`; nil: ``large`` does.
    public var small: String?

    public init(large: String, small: String? = nil) {
        self.large = large
        self.small = small
    }

    /// The model for questions of a size.
    public func name(for size: ModelSize) -> String {
        switch size {
        case .large: large
        case .mini, .nano: small ?? large
        }
    }

    /// All names, each once.
    var all: [String] { [large] + (small.map { $0 == large ? [] : [$0] } ?? []) }
}
