import Foundation

/// A folder of files for browsers, read once and kept in memory.
///
/// Requests then find files by name in a table: no path leads out of the folder, and no request waits for a disk.
public struct WebFolder: Sendable {
    /// The folder cannot be served.
    public struct Unusable: Error, Sendable {
        /// One sentence that names the folder and the remedy.
        public let message: String
    }

    /// How much one folder may hold.
    public struct Limits: Sendable {
        /// Bytes of all files together.
        public var bytes = 64 << 20
        public var files = 2000

        /// The limits above; change what does not fit.
        public init() {}
    }

    struct File: Sendable {
        let bytes: [UInt8]
        let contentType: String
        /// Changes with the contents.
        let etag: String
    }

    private let files: [String: File]

    /// Reads all regular files below the folder. Files and folders whose names begin with a dot, and links, are left out.
    ///
    /// Blocks while it reads: meant for the start.
    ///
    /// - Throws: ``Unusable`` when there is no such folder, no `index.html` in it, or more than the limits allow.
    public init(_ path: String, limits: Limits = .init()) throws(Unusable) {
        let root = URL(filePath: path, directoryHint: .isDirectory)
        let keys: [URLResourceKey] = [.isRegularFileKey, .isSymbolicLinkKey, .fileSizeKey]
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue,
            let walk = FileManager.default.enumerator(atPath: root.path)
        else { throw Unusable(message: "\(path): there is no such folder; check the path given with --chat") }
        var files: [String: File] = [:]
        var total = 0
        for case let name as String in walk {
            guard !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { continue }
            let file = root.appending(path: name)
            guard let values = try? file.resourceValues(forKeys: Set(keys)), values.isRegularFile == true,
                values.isSymbolicLink != true
            else { continue }
            total += values.fileSize ?? 0
            guard total <= limits.bytes, files.count < limits.files else {
                throw Unusable(
                    message: "\(path): holds more than \(limits.files) files or \(limits.bytes >> 20) MiB; "
                        + "name the folder with the built page only")
            }
            guard let data = try? Data(contentsOf: file) else {
                throw Unusable(message: "\(path): \(name) cannot be read; check its permissions")
            }
            files[name] = File(
                bytes: Array(data), contentType: ContentType.of(name), etag: Self.etag(of: data))
        }
        guard files["index.html"] != nil else {
            throw Unusable(message: "\(path): there is no index.html; name the folder with the built page")
        }
        self.files = files
    }

    /// How many files there are.
    public var count: Int { files.count }

    /// The file with this path from the folder; `index.html` for a path that names a folder.
    subscript(path: String) -> File? {
        path.isEmpty || path.hasSuffix("/") ? files[path + "index.html"] : files[path]
    }

    /// FNV-1a of the contents, which changes when they do, with the length.
    private static func etag(of data: Data) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in data { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "\"\(String(hash, radix: 16))-\(data.count)\""
    }
}
