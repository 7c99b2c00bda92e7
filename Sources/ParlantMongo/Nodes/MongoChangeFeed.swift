import Dispatch
import Foundation
import Logging
import OrderedCollections
import ParlantCore
import Synchronization

/// What other nodes changed in the database: from a change stream, or, where the server has none, by asking for it while
/// somebody waits (``ChangeTail``). Works on a thread and a connection of its own.
///
/// A stream that breaks is opened again where it was; when the server does not know the place any more, the followers
/// are told that anything may have changed.
final class MongoChangeFeed: ChangeFeed {
    private let address: MongoAddress
    private let node: NodeID
    private let clock: any TimeSource
    private let logger: Logger?
    private let isClosed = Atomic<Bool>(false)
    private let isStarted = Atomic<Bool>(false)
    /// Signalled to end a pause.
    private let wakeup = DispatchSemaphore(value: 0)

    init(_ address: MongoAddress, node: NodeID, clock: any TimeSource, logger: Logger?) {
        self.address = address
        self.node = node
        self.clock = clock
        self.logger = logger
    }

    func follow(_ follower: any ChangeFollower) {
        guard !isStarted.exchange(true, ordering: .relaxed) else { return }
        let thread = Thread { [self] in work(follower) }
        thread.name = "mongo-changes"
        thread.start()
    }

    /// Tells no more from now on. The thread ends by itself, within a second.
    func close() {
        isClosed.store(true, ordering: .releasing)
        wakeup.signal()
    }

    private var isOver: Bool { isClosed.load(ordering: .acquiring) }

    /// - Returns: Whether the feed was closed meanwhile.
    private func pause(_ duration: Duration) -> Bool {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        _ = wakeup.wait(timeout: .now() + .nanoseconds(nanoseconds))
        return isOver
    }

    private func work(_ follower: any ChangeFollower) {
        var token: BSONDocument?
        var delay = Backoff()
        var isDeaf = false
        while !isOver {
            do {
                let stream = try ChangeStream(
                    address, pipeline: ChangeDocuments.pipeline(without: node), after: token)
                if token == nil { follower.follow(.anything) }
                delay = Backoff()
                if isDeaf { logger?.notice("what other servers do is heard again") }
                isDeaf = false
                try read(stream, into: follower) { token = $0 }
            } catch let error as MongoError where error.hasNoStreams {
                logger?.notice(
                    "MongoDB tells no changes, so this server asks for them while somebody waits",
                    metadata: ["every": "\(ChangeTail.interval)", "reason": "\(error)"])
                return tail(follower)
            } catch {
                if (error as? MongoError)?.isTransient != true { token = nil }
                guard !isOver else { return }
                if !isDeaf {
                    logger?.warning("what other servers do is not heard for now", metadata: ["error": "\(error)"])
                }
                isDeaf = true
                if pause(delay.next()) { return }
            }
        }
    }

    private func read(
        _ stream: ChangeStream, into follower: any ChangeFollower, _ keep: (BSONDocument?) -> Void
    ) throws {
        // Known from the beginning, so that a break before the first change loses nothing.
        keep(stream.token)
        while !isOver {
            let document = try stream.next()
            for change in document.map({ ChangeDocuments.changes(in: $0, at: node) }) ?? [] { follower.follow(change) }
            keep(stream.token)
        }
    }

    private func tail(_ follower: any ChangeFollower) {
        var tail = ChangeTail(address: address, node: node)
        var delay = Backoff()
        while !isOver {
            do {
                let client = try SingleClient(address)
                try tail.prepare(clock.now, client.connection)
                follower.follow(.anything)
                delay = Backoff()
                while !pause(ChangeTail.interval) {
                    for change in try tail.changes(clock.now, isWaiting: follower.isWaiting, client.connection) {
                        follower.follow(change)
                    }
                }
            } catch {
                if pause(delay.next()) { return }
            }
        }
    }
}

/// Pauses between attempts: a tenth of a second, then twice as long each time, up to five seconds.
private struct Backoff {
    private var pause = Duration.milliseconds(100)

    mutating func next() -> Duration {
        defer { pause = min(pause * 2, .seconds(5)) }
        return pause
    }
}

extension MongoError {
    /// Whether the server can have no change streams, or this user may not read them.
    fileprivate var hasNoStreams: Bool { [13, 40324, 40573, 115, 59, 303].contains(number) }
}
