import ParlantCore

/// One change to what is remembered of a customer.
enum MemoryChange: Sendable, Equatable {
    case add(MemoryDraft)
    /// A newer fact takes the place of an older one.
    case replace(MemoryID, MemoryDraft)
    case drop(MemoryID)
}
