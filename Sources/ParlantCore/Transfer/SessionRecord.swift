/// A session as it moves from one place to another. Its events are records of their own.
public struct SessionRecord: Sendable, Equatable {
    public var session: Session
    /// Where its log ends; nil: nothing was ever appended.
    public var end: End?

    /// The last place of a log that was ever used, whether or not its event was deleted: the next event takes the offset
    /// after it, and no earlier moment.
    public struct End: Sendable, Equatable {
        public var offset: Int
        public var moment: Timestamp

        public init(offset: Int, moment: Timestamp) {
            self.offset = offset
            self.moment = moment
        }
    }

    /// A session with the end of its log.
    public init(_ session: Session, end: End?) {
        self.session = session
        self.end = end
    }
}

/// An event with the session that it belongs to.
public struct EventRecord: Sendable, Equatable {
    public var session: SessionID
    public var event: Event

    /// An event of this session.
    public init(_ event: Event, of session: SessionID) {
        self.session = session
        self.event = event
    }
}
