import NIOCore
import Synchronization

/// Notices that a connection's client has gone, and then cancels the task that waits on its behalf.
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

    /// Calls `cancel` when the client goes, or now if it has gone already. A connection has one waiting request at a
    /// time, so the latest call counts.
    func whenGone(_ cancel: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            if !state.isGone { state.cancel = cancel }
            return state.isGone
        }
        if isGone { cancel() }
    }

    /// The wait is over.
    func forget() { state.withLock { $0.cancel = nil } }

    private func gone() {
        let cancel = state.withLock { state in
            state.isGone = true
            defer { state.cancel = nil }
            return state.cancel
        }
        cancel?()
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

    func insert(_ presence: ClientPresence, for channel: any Channel) {
        presences.withLock { $0[ObjectIdentifier(channel)] = presence }
    }

    func remove(_ channel: any Channel) {
        _ = presences.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    subscript(channel: any Channel) -> ClientPresence? { presences.withLock { $0[ObjectIdentifier(channel)] } }
}
