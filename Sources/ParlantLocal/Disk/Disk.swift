/// The files of one folder, as a store uses them.
///
/// Names are relative to the folder, `sessions/abc.jsonl`; the empty name is the folder itself. Every call blocks: none
/// is made on Swift's cooperative pool. What was written may be lost with the power until it is synced, and so may a
/// name that was made, changed or removed until its folder is.
protocol Disk: Sendable {
    /// All bytes of a file; nil when there is none.
    func read(_ name: String) throws(DiskError) -> [UInt8]?
    /// Bytes that a file has; nil when there is none.
    func size(_ name: String) throws(DiskError) -> Int?
    /// Names of the files in a folder, in any order; none when there is no such folder.
    func names(in folder: String) throws(DiskError) -> [String]
    /// Makes a folder for its owner alone; one that is there is fine.
    func makeFolder(_ name: String) throws(DiskError)
    /// Opens a file to write at its end; it is made, for its owner alone, when there is none.
    func open(_ name: String) throws(DiskError) -> any DiskFile
    /// Gives a file another name; what had that name is gone.
    func rename(_ name: String, to other: String) throws(DiskError)
    /// Removes a file; none there is fine.
    func remove(_ name: String) throws(DiskError)
    /// Makes names in a folder as durable as they will ever be.
    func syncFolder(_ name: String) throws(DiskError)
}

/// A file that is written at its end.
protocol DiskFile: Sendable {
    /// Writes all bytes, or throws and leaves any part of them.
    func append(_ bytes: [UInt8]) throws(DiskError)
    /// Cuts the file off.
    func truncate(to size: Int) throws(DiskError)
    /// Returns when all that was written is on the disk.
    func sync() throws(DiskError)
    /// Lets go of the file. A second call does nothing.
    func close()
}

extension Disk {
    /// Replaces a file as a whole: whoever looks, also after a crash, finds the old one or the new one.
    func replace(_ name: String, with bytes: [UInt8]) throws(DiskError) {
        let draft = Draft.name(of: name)
        try remove(draft)
        let file = try open(draft)
        defer { file.close() }
        try file.append(bytes)
        try file.sync()
        try rename(draft, to: name)
    }

    /// Removes for good what replacements that broke off have left in a folder. Nobody replaces a file in it meanwhile.
    ///
    /// - Complexity: O(files in the folder).
    func removeDrafts(in folder: String) throws(DiskError) {
        let drafts = try names(in: folder).filter(Draft.isName)
        guard !drafts.isEmpty else { return }
        for draft in drafts { try remove(folder.isEmpty ? draft : "\(folder)/\(draft)") }
        try syncFolder(folder)
    }
}

/// A file as it is being written, before it takes the place of the one that is there.
///
/// One that a crash or a full disk has kept from that holds what its file held, deleted things too.
enum Draft {
    private static let ending = ".new"

    static func name(of file: String) -> String { file + ending }

    /// Whether a file of ours is written under this name. A person's files with the same ending are none.
    static func isName(_ name: String) -> Bool {
        guard name.hasSuffix(ending) else { return false }
        let file = name.dropLast(ending.count)
        return file.hasSuffix(".json") || file.hasSuffix(".jsonl") || file.contains(".json.\(ReferenceFile.ending)")
    }
}
