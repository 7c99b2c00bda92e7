/// How far long work is, as it is shown: a bar that moves on a terminal, now and then a line elsewhere, nothing for what
/// takes less than a second.
public struct ProgressLine: Sendable {
    /// What is written to.
    public enum Screen: Sendable, Equatable {
        /// A terminal: one line, which is written again and again.
        case terminal
        /// A file or a pipe.
        case plain
    }

    private static let firstAfter = Duration.seconds(1)
    private static let barWidth = 24

    private let screen: Screen
    private let began: Duration
    private var last: Duration?

    /// - Parameter now: Reading of the clock at the begin.
    public init(_ screen: Screen, at now: Duration) {
        self.screen = screen
        began = now
    }

    /// Says how far it is.
    ///
    /// - Parameters:
    ///   - done: Of `total`; a total of 0 is unknown, and `done` then stands by itself.
    ///   - what: What is counted: "events".
    /// - Returns: What is to be written; nil: nothing now.
    public mutating func text(_ done: Int, of total: Int, _ what: String, at now: Duration) -> String? {
        guard now - began >= Self.firstAfter else { return nil }
        let pause = screen == .terminal ? Duration.milliseconds(100) : .seconds(5)
        if let last, now - last < pause { return nil }
        last = now
        guard total > 0 else { return line("\(done) \(what)") }
        let share = min(1, Double(done) / Double(total))
        let percent = "\(Int(share * 100)) %"
        guard screen == .terminal else { return line("\(percent), \(done) of \(total), \(what)") }
        let filled = Int(share * Double(Self.barWidth))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barWidth - filled)
        return line("\(bar) \(percent), \(what)")
    }

    /// What clears the line at the end; nil when nothing is to be cleared.
    public func end() -> String? { screen == .terminal && last != nil ? "\r\u{1B}[K" : nil }

    private func line(_ text: String) -> String { screen == .terminal ? "\r\(text)\u{1B}[K" : text + "\n" }
}
