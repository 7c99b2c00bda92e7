public import Hummingbird
import Logging
import NIOCore

/// What the server knows about a request beyond the request itself.
public struct APIContext: InitializableFromSource {
    /// The connection; tells when the client goes away.
    let channel: any Channel
    let logger: Logger
    /// The id that stands in the log and in the response's `x-request-id`.
    let requestID: String

    /// Takes what a request needs from the server.
    public init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
        // The server makes an id for its own log lines; a logger that keeps no metadata has lost it.
        requestID = source.logger[metadataKey: "hb.request.id"]?.description ?? RequestID().description
    }
}
