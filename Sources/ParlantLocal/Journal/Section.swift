import ParlantCore
import ParlantStores

/// A part of what is kept, as the writer of the journal sees it.
///
/// Changes are staged while a group of writes is put together, and only the writer sees them then. When the group is on
/// the disk they are published, and everybody does. One thread at a time stages, publishes and discards.
protocol Section: Sendable {
    /// Names the section in the journal.
    var name: String { get }
    /// Makes a change from the journal, as it was written there by a ``Change``.
    func replay(_ change: FieldReader) throws(StoredFormError)
    /// Shows what was staged.
    func publish()
    /// Forgets what was staged.
    func discard()
}

/// One change to a section.
protocol Change: Sendable {
    /// Lets the writer see it.
    func stage()
    /// Writes an object with the member `in`, the name of the section.
    func write(to writer: inout JSONWriter)
}

/// The changes of one write: all of them or none.
struct Changes {
    private(set) var list: [any Change] = []

    mutating func add(_ change: some Change) { list.append(change) }
}
