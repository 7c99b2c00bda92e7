import Foundation

/// Looks for bundles directly under a folder.
struct BundleFinder {
    let kind: Bundle.Kind
    /// Path of the folder.
    let root: String

    /// The bundles by name, and what keeps an entry from being one. Names that begin with `_` or `.` are skipped, as
    /// are files that are no scripts.
    func find() -> (bundles: [Bundle], problems: [LoadProblem], warnings: [String]) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: root) else {
            return ([], [problem(kind.rawValue, Wording.noFolder)], [])
        }
        var bundles: [String: Bundle] = [:]
        var problems: [LoadProblem] = []
        var warnings: [String] = []
        for entry in names.sorted() where !entry.hasPrefix("_") && !entry.hasPrefix(".") {
            guard let bundle = bundle(entry) else {
                if isFolder(entry), entry != "spec" {
                    warnings.append("\(kind.rawValue)/\(entry): no init.lua; not loaded")
                }
                continue
            }
            if !SpecValidator.isName(bundle.name) {
                problems.append(problem(bundle.mainFile, Wording.bundleName, bundle: bundle.name))
            } else if let other = bundles[bundle.name] {
                let text = Wording.bundleTwice(by: other.mainFile)
                problems.append(problem(bundle.mainFile, text, bundle: bundle.name))
            } else {
                bundles[bundle.name] = bundle
            }
        }
        return (bundles.values.sorted { $0.name < $1.name }, problems, warnings)
    }

    private func bundle(_ entry: String) -> Bundle? {
        if isFolder(entry) {
            guard entry != "spec", FileManager.default.fileExists(atPath: "\(root)/\(entry)/init.lua") else {
                return nil
            }
            return Bundle(kind: kind, name: entry, mainFile: "\(kind.rawValue)/\(entry)/init.lua")
        }
        guard entry.hasSuffix(".lua"), entry != ".lua" else { return nil }
        return Bundle(kind: kind, name: String(entry.dropLast(4)), mainFile: "\(kind.rawValue)/\(entry)")
    }

    private func isFolder(_ entry: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: "\(root)/\(entry)", isDirectory: &isFolder) && isFolder.boolValue
    }

    private func problem(_ file: String, _ message: String, bundle: String = "") -> LoadProblem {
        LoadProblem(bundle: bundle, file: file, line: nil, message: message)
    }
}
