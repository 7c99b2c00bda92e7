import NIOCore
import NIOWebSocket

/// The server's side of a web socket that sends texts and expects none.
///
/// Stands before the HTTP handlers of its connection: what comes in ends here, and what they still write is swallowed.
final class LogSocket: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = Never
    typealias OutboundIn = Any
    typealias OutboundOut = WebSocketFrame

    /// A text to send, as an event from outside the pipeline.
    private struct Text: Sendable {
        var bytes: [UInt8]
    }

    /// Bytes of a frame from the client, which has nothing to say but pings and farewells.
    static let maxFrameSize = 4096

    private let opening: ByteBuffer
    private var isClosing = false

    init(opening: ByteBuffer) { self.opening = opening }

    /// Sends a text. Returns when the system has taken it, so that a slow client slows down its reader only.
    static func send(_ bytes: [UInt8], on channel: any Channel) async throws {
        try await channel.triggerUserOutboundEvent(Text(bytes: bytes)).get()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(opening), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard frame.maskKey != nil else { return close(context, .protocolError) }
        switch frame.opcode {
        case .ping:
            // Who pings without reading gets no answers, instead of a queue of them.
            guard !isClosing, context.channel.isWritable else { return }
            let pong = WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .connectionClose: close(context, .normalClosure)
        default: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: close(context, .goingAway)
        case ChannelEvent.inputClosed:
            context.fireUserInboundEventTriggered(event)
            context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let text = event as? Text else { return context.triggerUserOutboundEvent(event, promise: promise) }
        guard !isClosing else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let frame = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: text.bytes))
        context.writeAndFlush(wrapOutboundOut(frame), promise: promise)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.ioOnClosedChannel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Says why, then closes; what could not be sent by then is lost.
    private func close(_ context: ChannelHandlerContext, _ code: WebSocketErrorCode) {
        guard !isClosing else { return }
        isClosing = true
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        context.close(promise: nil)
    }
}
