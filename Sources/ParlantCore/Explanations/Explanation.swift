/// Why a turn went as it did, as it is kept and served.
public struct Explanation: Sendable, Equatable {
    public var session: SessionID
    /// The turn: the trace of all events that it wrote.
    public var traceID: TraceID
    /// The record, in the wire's form. It holds what a model was given to decide by, never a secret and never the text
    /// of a flagged message.
    public var content: JSONObject

    public init(session: SessionID, traceID: TraceID, content: JSONObject) {
        self.session = session
        self.traceID = traceID
        self.content = content
    }
}
