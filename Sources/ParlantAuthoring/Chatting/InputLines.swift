import Foundation

/// The lines of standard input. Reading blocks, so it has a thread of its own.
public enum InputLines {
    /// Lines without their ends, until the input ends.
    public static func standard() -> AsyncStream<String> {
        AsyncStream { continuation in
            let thread = Thread {
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
            thread.name = "input"
            thread.start()
        }
    }
}
