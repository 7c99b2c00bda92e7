import Foundation
import Synchronization

/// Writes a conversation to a terminal, or plainly to a pipe: then without colours, prompt and typing indicator.
public final class ChatScreen: Sendable {
    private let isTerminal: Bool
    private let write: @Sendable (String) -> Void
    private let hasIndicator = Mutex(false)

    /// - Parameters:
    ///   - isTerminal: Whether escape sequences are understood.
    ///   - write: Where text goes, at once.
    public init(isTerminal: Bool, write: @escaping @Sendable (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    /// The standard output of the process.
    public static var standard: ChatScreen {
        ChatScreen(isTerminal: isatty(STDOUT_FILENO) == 1) { FileHandle.standardOutput.write(Data($0.utf8)) }
    }

    /// Asks for the next line.
    func prompt() {
        if isTerminal { write("\u{1B}[1myou>\u{1B}[0m ") }
    }

    /// Shows that the agent is writing, until the next line.
    func typing(_ name: String) {
        guard isTerminal else { return }
        let isNew = hasIndicator.withLock { shown in
            defer { shown = true }
            return !shown
        }
        if isNew { write("\u{1B}[2m\(name) is typing…\u{1B}[0m") }
    }

    /// Takes the typing indicator away.
    func clear() {
        let isShown = hasIndicator.withLock { shown in
            defer { shown = false }
            return shown
        }
        if isShown { write("\r\u{1B}[K") }
    }

    /// A message.
    func message(from name: String, _ text: String) {
        clear()
        write(isTerminal ? "\u{1B}[1;36m\(name):\u{1B}[0m \(text)\n" : "\(name): \(text)\n")
    }

    /// A line about the conversation.
    func note(_ text: String) {
        clear()
        write(isTerminal ? "\u{1B}[2m\(text)\u{1B}[0m\n" : "\(text)\n")
    }
}
