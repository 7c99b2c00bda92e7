import NIOCore
import NIOEmbedded
import Testing

@testable import ParlantAPI

@Suite("A client that stops reading")
struct StalledClientTests {
    /// A channel whose writes stay where they are until the test takes them.
    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: StalledClient(patience: .seconds(60)))
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/client")).wait()
        return channel
    }

    /// Writes without flushing, as if the client had no room.
    private func write(_ bytes: Int, to channel: EmbeddedChannel) {
        channel.write(ByteBuffer(repeating: 0, count: bytes), promise: nil)
    }

    /// Says that the client has, or has no longer, room for more.
    private func setWritable(_ isWritable: Bool, _ channel: EmbeddedChannel) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    @Test("is disconnected when it has taken nothing for its time")
    func stalled() throws {
        let channel = try channel()
        write(100_000, to: channel)
        setWritable(false, channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("may be slow, as long as it takes something each time")
    func slow() throws {
        let channel = try channel()
        write(100_000, to: channel)
        setWritable(false, channel)
        for step in 1...10 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(59))
            channel.flush()
            write(100_000 - step, to: channel)
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            #expect(channel.isActive)
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(!channel.isActive)
    }

    @Test("is forgiven when it reads on, and its time begins anew when it stops again")
    func recovered() throws {
        let channel = try channel()
        setWritable(false, channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        setWritable(true, channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(600))
        #expect(channel.isActive)
        setWritable(false, channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("leaves no timer behind when the connection ends by itself")
    func closed() throws {
        let channel = try channel()
        setWritable(false, channel)
        try channel.close().wait()
        channel.embeddedEventLoop.advanceTime(by: .seconds(600))
        #expect(try channel.finish(acceptAlreadyClosed: true).isClean)
    }
}
