import NIOCore
import Synchronization

/// Notices that a connection's client has gone, and then ends the wait on its behalf.
///
/// The HTTP server keeps half-closed connections open until the response is written, so without this a long poll that
/// nobody waits for any more would stay until its time-out. Nothing is closed here: a connection whose client is there
/// stays usable for its next request.
final class ClientPresence: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    private struct State {
        var isGone = false
        var cancel: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let table: PresenceTable

    init(_ table: PresenceTable) { self.table = table }

    /// Calls `cancel` when the client goes or the server shuts down, or now if it is too late. A connection has one
    /// waiting request at a time, so the latest call counts.
    func whenGone(_ cancel: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            if !state.isGone { state.cancel = cancel }
            return state.isGone
        }
        if isGone || table.isClosing { cancel() }
    }

    /// The wait is over.
    func forget() { state.withLock { $0.cancel = nil } }

    /// Ends the wait, if there is one. The connection stays.
    func endWait() {
        let cancel = state.withLock { state in
            defer { state.cancel = nil }
            return state.cancel
        }
        cancel?()
    }

    fileprivate func gone() {
        state.withLock { $0.isGone = true }
        endWait()
    }

    func handlerAdded(context: ChannelHandlerContext) { table.insert(self, for: context.channel) }

    func handlerRemoved(context: ChannelHandlerContext) {
        table.remove(context.channel)
        gone()
    }

    func channelInactive(context: ChannelHandlerContext) {
        gone()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { gone() }
        context.fireUserInboundEventTriggered(event)
    }
}

/// Finds the presence of a request's connection.
final class PresenceTable: Sendable {
    private let presences = Mutex<[ObjectIdentifier: ClientPresence]>([:])
    private let closing = Atomic<Bool>(false)

    /// Whether no wait may begin any more.
    var isClosing: Bool { closing.load(ordering: .sequentiallyConsistent) }

    /// Ends all waits, and those that begin later at once.
    func endAllWaits() {
        closing.store(true, ordering: .sequentiallyConsistent)
        for presence in presences.withLock({ Array($0.values) }) { presence.endWait() }
    }

    func insert(_ presence: ClientPresence, for channel: any Channel) {
        presences.withLock { $0[ObjectIdentifier(channel)] = presence }
    }

    func remove(_ channel: any Channel) {
        _ = presences.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Whether the client of a connection is there. A connection that closed before anybody asked is forgotten already;
    /// its own end then tells that nobody is there.
    subscript(channel: any Channel) -> ClientPresence {
        if let presence = presences.withLock({ $0[ObjectIdentifier(channel)] }) { return presence }
        let presence = ClientPresence(self)
        channel.closeFuture.whenComplete { _ in presence.gone() }
        return presence
    }
}
