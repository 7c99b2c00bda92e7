/// What runs now, and what the last load of each bundle said.
struct ScriptSet: Sendable {
    /// What one load of a bundle went by and led to.
    struct Attempt: Sendable {
        var bundle: Bundle
        /// The files that it looked for, as they were; nil: not there.
        var files: [String: SourceTree.Contents?]
        /// Empty when it runs.
        var problems: [LoadProblem]

        /// Whether another load would see the same.
        func isCurrent(_ bundle: Bundle, in tree: SourceTree) -> Bool {
            self.bundle == bundle && files.allSatisfy { tree.files[$0]?.contents == $1 }
        }
    }

    /// What a reload did to one bundle.
    enum Change: Sendable, Equatable {
        /// A generation is served; `files`: scripts that it is made of.
        case loaded(name: String, generation: Int, files: Int)
        case removed(name: String, generation: Int)
        /// It has problems, so that what ran before goes on; nil: nothing.
        case kept(name: String, generation: Int?)
    }

    /// Served bundles: agents, then plugins, each by name.
    var running: [BundleGeneration] = []
    /// The last load of each bundle that is in the folders.
    var attempts: [String: Attempt] = [:]
    /// Problems of the folders themselves.
    var folderProblems: [LoadProblem] = []
    var warnings: [String] = []
    /// The highest generation of each bundle so far, removed ones included.
    var numbers: [String: Int] = [:]

    func generation(of name: String) -> BundleGeneration? { running.first { $0.name == name } }

    /// Everything that is wrong now; nil when nothing is.
    var problems: LoadProblems? {
        let all = folderProblems + attempts.values.flatMap(\.problems)
        return all.isEmpty ? nil : LoadProblems(all)
    }
}
