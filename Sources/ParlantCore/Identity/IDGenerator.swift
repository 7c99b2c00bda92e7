import Synchronization

/// Makes new ids. Injected, so that tests see the same ids in each run.
public protocol IDGenerator: Sendable {
    /// Ten characters out of `[0-9A-Za-z]`, as the reference generates them for entities.
    func entityID() -> String
    /// 32 lower-case hexadecimal digits, as the reference generates them for traces.
    func traceID() -> TraceID
}

/// Ids from the system's random generator. 62^10 entity ids: a clash is not expected, and stores refuse it.
public struct RandomIDGenerator: IDGenerator {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    /// 62^10, the number of different entity ids.
    private static let entityIDs: UInt64 = 839_299_365_868_340_224
    private static let hex = Array("0123456789abcdef".utf8)

    public init() {}

    public func entityID() -> String {
        // One draw for all ten digits: each draw is a system call.
        var random = UInt64.random(in: 0..<Self.entityIDs)
        return String(unsafeUninitializedCapacity: 10) { buffer in
            for index in 0..<10 {
                buffer[index] = Self.alphabet[Int(random % 62)]
                random /= 62
            }
            return 10
        }
    }

    public func traceID() -> TraceID {
        var random = SystemRandomNumberGenerator()
        let halves = [random.next() as UInt64, random.next() as UInt64]
        return TraceID(
            String(unsafeUninitializedCapacity: 32) { buffer in
                for index in 0..<32 {
                    let shift = UInt64(60 - 4 * (index % 16))
                    buffer[index] = Self.hex[Int((halves[index / 16] >> shift) & 15)]
                }
                return 32
            })
    }
}

/// Ids that count up, for tests: `e1`, `e2`, … and traces `t1`, `t2`, ….
public final class CountingIDGenerator: IDGenerator {
    private let entities = Atomic<Int>(0)
    private let traces = Atomic<Int>(0)

    public init() {}

    public func entityID() -> String { "e\(entities.add(1, ordering: .relaxed).newValue)" }

    public func traceID() -> TraceID { TraceID("t\(traces.add(1, ordering: .relaxed).newValue)") }
}
