/// A line of a script, as an author reads it: `agents/bank/init.lua:12`.
public struct SourceLocation: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Path below the folder that was loaded, with `/` between its parts.
    public var file: String
    /// Counted from 1.
    public var line: Int

    /// A line of a file; `line` counts from 1.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    public var description: String { "\(file):\(line)" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line) < (right.file, right.line)
    }
}
