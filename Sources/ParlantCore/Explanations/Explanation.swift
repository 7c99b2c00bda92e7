/// Why a turn went as it did, as it is kept and served.
public struct Explanation: Sendable, Equatable {
    public var session: SessionID
    /// The turn: the trace of all events that it wrote.
    public var traceID: TraceID
    /// The record as a JSON object in the wire's form, UTF-8: written once, and served as it is. It holds what a model was
    /// given to decide by, never a secret and never the text of a flagged message. Some kilobytes; bounded, however much
    /// a turn did.
    public var content: [UInt8]

    public init(session: SessionID, traceID: TraceID, content: [UInt8]) {
        self.session = session
        self.traceID = traceID
        self.content = content
    }
}
