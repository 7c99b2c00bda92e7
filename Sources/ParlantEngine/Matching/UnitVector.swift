/// A text as a direction: a vector of length 1.
public struct UnitVector: Sendable, Equatable {
    private let values: [Float]

    /// Shortens or stretches a vector of an embedder; one of zeros stays as it is and is similar to nothing.
    public init(_ vector: [Float]) {
        let length = Self.product(vector, vector).squareRoot()
        values = length > 0 ? vector.map { $0 / length } : vector
    }

    /// How many numbers it has.
    public var dimensions: Int { values.count }

    /// The cosine of the angle between the two, -1 to 1; 0 for vectors of different lengths, which say nothing about
    /// each other. O(dimensions).
    public func cosine(_ other: UnitVector) -> Double {
        values.count == other.values.count ? Double(Self.product(values, other.values)) : 0
    }

    private static func product(_ left: [Float], _ right: [Float]) -> Float {
        var sum: Float = 0
        for index in left.indices { sum += left[index] * right[index] }
        return sum
    }
}
