import Glibc

/// Where a file is, whatever name leads to it.
package enum RealPath {
    /// As many links as the kernel follows.
    private static let mostLinks = 40

    /// The path of a file without symbolic links. The file may be missing, also one that a link leads to.
    ///
    /// - Returns: A path that nobody can open when a folder is missing: whoever tries hears why.
    package static func of(_ path: String) -> String {
        var place = path
        for _ in 0..<mostLinks {
            if let real = resolved(place) { return real }
            let name = place.lastIndex(of: "/").map { place[place.index(after: $0)...] } ?? place[...]
            let folder = place.dropLast(name.utf8.count)
            guard !name.isEmpty, let real = resolved(folder.isEmpty ? "." : String(folder)) else { return place }
            place = real == "/" ? "/\(name)" : "\(real)/\(name)"
            guard let target = target(of: place) else { return place }
            place = target.hasPrefix("/") ? target : "\(real)/\(target)"
        }
        return place
    }

    /// The path that ``of(_:)`` gives for a file or a folder once the folders that it is in were made: the same for all
    /// names of it, now and then.
    package static func onceMade(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        let place = of(path)
        let name = place.lastIndex(of: "/").map { place[place.index(after: $0)...] } ?? place[...]
        let folder = String(place.dropLast(name.utf8.count))
        // What nobody can resolve is as it was given.
        return folder.isEmpty || resolved(folder) != nil ? place : "\(onceMade(folder))/\(name)"
    }

    /// Nil when there is no such file.
    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Where a symbolic link leads; nil when it is none.
    private static func target(of link: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
