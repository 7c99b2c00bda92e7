/// The problems of one body, as many as anybody reads: a mebibyte has room for half a million, each of which would be
/// told in a hundred bytes.
struct ProblemList: Sendable {
    /// As many are told.
    static let most = 100

    private var found: [Problem] = []
    /// Whether there were more than are told, so that nobody need look for others.
    private(set) var isCut = false

    /// What is told, in the order in which it was found; when there is more, the last one says so.
    var told: [Problem] { isCut ? found.dropLast() + [.more] : found }

    init() {}

    /// One problem.
    init(_ problem: Problem) { found = [problem] }

    mutating func append(_ problem: Problem) {
        if found.count < Self.most { found.append(problem) } else { isCut = true }
    }

    /// Adds those of a part.
    mutating func append(contentsOf list: ProblemList) {
        for problem in list.found { append(problem) }
        isCut = isCut || list.isCut
    }
}
