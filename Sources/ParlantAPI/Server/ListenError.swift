import Foundation

/// The server cannot listen where it was told to.
public struct ListenError: Error, Sendable, CustomStringConvertible {
    /// One sentence that names the address and the remedy.
    public let message: String

    /// Says in words what the system said by number.
    ///
    /// - Parameter errno: The system's number of the failure.
    init(host: String, port: Int, errno code: CInt) {
        let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        message =
            switch code {
            case EADDRINUSE: "\(address) is already in use; stop the other server, or choose another --port"
            case EACCES: "this user may not listen on \(address); choose a --port above 1023"
            case EADDRNOTAVAIL: "\(host) is no address of this machine; check --host"
            default: "cannot listen on \(address): \(String(cString: strerror(code)))"
            }
    }

    public var description: String { message }
}
