import Glibc
import Synchronization

/// Makes new ids. Injected, so that tests see the same ids in each run.
public protocol IDGenerator: Sendable {
    /// Ten characters out of `[0-9A-Za-z]`, as the reference generates them for entities.
    func entityID() -> String
    /// 32 lower-case hexadecimal digits, as the reference generates them for traces.
    func traceID() -> TraceID
    /// A UUID of version 4 in lower case, as Julep's clients want the ids of what is theirs.
    func uuid() -> String
}

/// UUIDs as text.
public enum UUIDText {
    /// The 36 characters of the UUID of version 4 that has these bits; the six that say the version are overwritten.
    public static func make(_ high: UInt64, _ low: UInt64) -> String {
        let hex = Array("0123456789abcdef".utf8)
        let halves = [(high & ~0xF000) | 0x4000, (low & ~(3 << 62)) | (1 << 63)]
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for digit in 0..<32 {
                if [8, 12, 16, 20].contains(digit) {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                buffer[position] = hex[Int((halves[digit / 16] >> UInt64(60 - 4 * (digit % 16))) & 15)]
                position += 1
            }
            return 36
        }
    }
}

/// Ids from the system's random generator. 62^10 entity ids: a clash is not expected, and stores refuse it.
public struct RandomIDGenerator: IDGenerator {
    /// Shared by copies: no two of them may hand out the same numbers.
    private final class Pool: Sendable {
        let numbers = Mutex<[UInt64]>([])
    }

    /// Takes numbers from the system 32 at a time, because each taking is a system call.
    private struct Numbers: RandomNumberGenerator {
        let pool: Pool

        func next() -> UInt64 {
            pool.numbers.withLock { numbers in
                if let number = numbers.popLast() { return number }
                numbers = [UInt64](repeating: 0, count: 32)
                let isFilled = numbers.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) } == 0
                if !isFilled {
                    // A kernel without it, or a sandbox that forbids it: one at a time then.
                    var system = SystemRandomNumberGenerator()
                    for index in numbers.indices { numbers[index] = system.next() }
                }
                return numbers.removeLast()
            }
        }
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    /// 62^10, the number of different entity ids.
    private static let entityIDs: UInt64 = 839_299_365_868_340_224
    private static let hex = Array("0123456789abcdef".utf8)

    private let pool = Pool()

    public init() {}

    public func entityID() -> String {
        var numbers = Numbers(pool: pool)
        var random = UInt64.random(in: 0..<Self.entityIDs, using: &numbers)
        return String(unsafeUninitializedCapacity: 10) { buffer in
            for index in 0..<10 {
                buffer[index] = Self.alphabet[Int(random % 62)]
                random /= 62
            }
            return 10
        }
    }

    public func traceID() -> TraceID {
        let numbers = Numbers(pool: pool)
        let (high, low) = (numbers.next(), numbers.next())
        return TraceID(
            String(unsafeUninitializedCapacity: 32) { buffer in
                for index in 0..<16 {
                    let shift = UInt64(60 - 4 * index)
                    buffer[index] = Self.hex[Int((high >> shift) & 15)]
                    buffer[index + 16] = Self.hex[Int((low >> shift) & 15)]
                }
                return 32
            })
    }

    public func uuid() -> String {
        let numbers = Numbers(pool: pool)
        return UUIDText.make(numbers.next(), numbers.next())
    }
}

/// Ids that count up, for tests: `e1`, `e2`, …, traces `t1`, `t2`, … and UUIDs that end in `1`, `2`, ….
public final class CountingIDGenerator: IDGenerator {
    private let entities = Atomic<Int>(0)
    private let traces = Atomic<Int>(0)
    private let uuids = Atomic<UInt64>(0)

    public init() {}

    public func entityID() -> String { "e\(entities.add(1, ordering: .relaxed).newValue)" }

    public func traceID() -> TraceID { TraceID("t\(traces.add(1, ordering: .relaxed).newValue)") }

    public func uuid() -> String { UUIDText.make(0, uuids.add(1, ordering: .relaxed).newValue) }
}
