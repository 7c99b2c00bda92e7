import Foundation
import Glibc
import ParlantCore
import ParlantServer
import Synchronization

/// Shows on standard error how far long work is.
final class ProgressScreen: Sendable {
    private let line: Mutex<ProgressLine>
    private let clock = SystemTimeSource()

    /// Work that begins now.
    init() { line = Mutex(ProgressLine(isatty(STDERR_FILENO) == 1 ? .terminal : .plain, at: clock.uptime)) }

    /// Says how far it is; most calls write nothing.
    func show(_ done: Int, of total: Int, _ what: String) {
        write(line.withLock { $0.text(done, of: total, what, at: clock.uptime) })
    }

    /// Clears what was shown.
    func end() { write(line.withLock { $0.end() }) }

    private func write(_ text: String?) {
        if let text { FileHandle.standardError.write(Data(text.utf8)) }
    }
}
