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

    /// A channel whose client has stopped reading; with bytes, that much waits for it.
    private func stalledChannel(pending bytes: Int = 0) throws -> EmbeddedChannel {
        let channel = try channel()
        if bytes > 0 { write(bytes, to: channel) }
        setWritable(false, channel)
        return channel
    }

    /// Lets time pass.
    private func wait(_ seconds: Int64, _ channel: EmbeddedChannel) {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }

    /// Expects that the client is there for another 59 seconds, and gone after 60.
    private func expectEnd(of channel: EmbeddedChannel) {
        wait(59, channel)
        #expect(channel.isActive)
        wait(1, channel)
        #expect(!channel.isActive)
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
        expectEnd(of: try stalledChannel(pending: 100_000))
    }

    @Test("may be slow, as long as it takes something each time")
    func slow() throws {
        let channel = try stalledChannel(pending: 100_000)
        for step in 1...10 {
            wait(59, channel)
            channel.flush()
            write(100_000 - step, to: channel)
            wait(1, channel)
            #expect(channel.isActive)
        }
        expectEnd(of: channel)
    }

    @Test("is forgiven when it reads on, and its time begins anew when it stops again")
    func recovered() throws {
        let channel = try stalledChannel()
        wait(59, channel)
        setWritable(true, channel)
        wait(600, channel)
        #expect(channel.isActive)
        setWritable(false, channel)
        expectEnd(of: channel)
    }

    @Test("leaves no timer behind when the connection ends by itself")
    func closed() throws {
        let channel = try stalledChannel()
        try channel.close().wait()
        wait(600, channel)
        #expect(try channel.finish(acceptAlreadyClosed: true).isClean)
    }
}
