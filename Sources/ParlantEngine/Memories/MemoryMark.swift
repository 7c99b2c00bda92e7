import ParlantCore

/// How far a session is read, kept with what scripts keep for it.
struct MemoryMark: Sendable, Equatable {
    /// Scripts see it, and have no reason to touch it.
    static let key = "parlant-runtime/memories"

    /// Whose session it was; what they left unread of a session that is somebody else's now is never read.
    var customer: CustomerID
    /// Offset of the first event that may be read or shown: what was said before nobody wanted to remember.
    var since: Int
    /// Offset of the first event that is not read.
    var next: Int

    /// Nothing is read yet of what begins at an offset.
    init(customer: CustomerID, next: Int) { self.init(customer: customer, since: next, next: next) }

    private init(customer: CustomerID, since: Int, next: Int) {
        self.customer = customer
        self.since = since
        self.next = next
    }

    /// Reads ``json``; nil for anything else.
    init?(_ json: JSONValue) {
        guard let customer = json["customer"]?.string, let since = json["since"]?.integer,
            let next = json["next"]?.integer, since >= 0, next >= since
        else { return nil }
        self.init(customer: CustomerID(customer), since: Int(clamping: since), next: Int(clamping: next))
    }

    var json: JSONValue {
        [
            "customer": .string(customer.rawValue), "since": .integer(Int64(since)), "next": .integer(Int64(next)),
        ]
    }

    /// The mark of a reading that begins at an offset. Where customers said something after the last reading and before
    /// it, nobody wanted to remember that, and it is not even shown.
    func beginning(at begin: Int, _ events: [Event]) -> MemoryMark {
        guard begin > next else { return self }
        let hasGap = events.contains { (next..<begin).contains($0.offset) && $0.source.role == .customer }
        return MemoryMark(customer: customer, since: hasGap ? begin : since, next: begin)
    }

    /// The mark for whoever has the session now. What was read or left out for the one before is left out, and not shown; the
    /// guest's words stay where the policy wants them to be the customer's.
    func handed(to customer: CustomerID, adoptingGuest adopts: Bool) -> MemoryMark {
        guard customer != self.customer else { return self }
        let keepsPast = adopts && self.customer == Customer.guestID
        return MemoryMark(customer: customer, since: keepsPast ? since : next, next: next)
    }

    /// The mark once everything before an offset is read.
    func reading(to next: Int) -> MemoryMark { MemoryMark(customer: customer, since: since, next: next) }
}
