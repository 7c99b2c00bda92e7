import Foundation
import ParlantScripting

/// The state of all script files, for noticing changes: paths, sizes and times.
struct ScriptTree: Sendable, Equatable {
    private var files: [String: [Int]] = [:]

    /// Reads the state of the folders. Cost: one look at each file.
    init(_ roots: ScriptRoots) {
        for root in [roots.agents, roots.plugins].compactMap({ $0 }) {
            for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init()
            where name.hasSuffix(".lua") {
                var status = stat()
                guard stat("\(root)/\(name)", &status) == 0 else { continue }
                files["\(root)/\(name)"] = [
                    Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec, Int(status.st_ino),
                ]
            }
        }
    }
}
