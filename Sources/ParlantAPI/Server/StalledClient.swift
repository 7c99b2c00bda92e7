import NIOCore

/// Closes the connection of a client that has stopped reading.
///
/// What such a client does not take waits in the channel, and with it the route that writes: a request in progress never
/// counts as idle, so it would stay for as long as the client likes. Here it may take `patience`, and as much again each
/// time it has taken something meanwhile, however slow it is. Costs nothing while clients read.
final class StalledClient: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let patience: TimeAmount
    private var look: Scheduled<Void>?

    init(patience: TimeAmount) { self.patience = patience }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        look?.cancel()
        look = nil
        if !context.channel.isWritable { watch(context, from: pending(context)) }
        context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        look?.cancel()
        look = nil
    }

    private func watch(_ context: ChannelHandlerContext, from before: Int) {
        look = context.eventLoop.assumeIsolated().scheduleTask(in: patience) { [self] in
            look = nil
            let now = pending(context)
            if now < before { watch(context, from: now) } else { context.close(promise: nil) }
        }
    }

    /// Bytes that the client has not taken; it alone makes them fewer.
    private func pending(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
