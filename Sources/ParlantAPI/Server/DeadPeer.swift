import Glibc
import NIOCore

/// Has the system ask a silent connection whether the other side is still there: after a minute, then every 15 seconds;
/// without an answer the connection is closed within two minutes.
///
/// For streams on which a client may never say anything and the server for hours. Where the system refuses an option its
/// own, longer times hold.
func detectDeadPeer(on channel: any Channel) {
    channel.setOption(.socketOption(.so_keepalive), value: 1).whenSuccess {
        for (option, value) in [(TCP_KEEPIDLE, 60), (TCP_KEEPINTVL, 15), (TCP_KEEPCNT, 4)] {
            let name = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: option))
            channel.setOption(name, value: value).whenComplete { _ in }
        }
    }
}
