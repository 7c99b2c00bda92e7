/// One thing that is wrong in a script or in its settings.
public struct LoadProblem: Error, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Bundle that cannot be loaded because of it; empty when it is about a whole folder.
    public var bundle: String
    /// File below the folder that was loaded, as `agents/bank/init.lua`.
    public var file: String
    /// Line of the call that is wrong, from 1; nil when it is about the whole file.
    public var line: Int?
    /// What is wrong, without place: `guideline "brakes": unknown field 'tool' (did you mean 'tools'?)`.
    public var message: String

    /// A problem at a place.
    public init(bundle: String, file: String, line: Int?, message: String) {
        self.bundle = bundle
        self.file = file
        self.line = line
        self.message = message
    }

    /// `file:line: message`, in the form that editors and terminals turn into a link.
    public var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }

    /// By file, then line, then text.
    public static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line ?? 0, left.message) < (right.file, right.line ?? 0, right.message)
    }
}

/// Why scripts cannot be used: everything that one load found. Nothing that ran before was changed.
public struct LoadProblems: Error, Sendable, Equatable, CustomStringConvertible {
    /// Each problem once, sorted by file, line and text; never empty.
    public let problems: [LoadProblem]

    /// Sorts the problems and drops doubles, which two bundles that share code would report.
    public init(_ problems: [LoadProblem]) {
        var seen = Set<String>()
        self.problems = problems.sorted().filter { seen.insert($0.description).inserted }
    }

    /// One line per problem, then one line per bundle: `counter: 12 problems, not started`.
    public var description: String { (problems.map(\.description) + summaries).joined(separator: "\n") }

    /// One line per bundle that has problems.
    public var summaries: [String] {
        let counts = Dictionary(grouping: problems, by: \.bundle).mapValues(\.count)
        return counts.sorted { $0.key < $1.key }.map { bundle, count in
            Wording.summary(bundle.isEmpty ? "scripts" : bundle, count)
        }
    }
}
