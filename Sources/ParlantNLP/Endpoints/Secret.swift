/// A text that must not be seen: it prints, dumps and reflects as `***`.
public struct Secret: Sendable, Hashable {
    private let value: String

    /// Wraps a text.
    public init(_ value: String) { self.value = value }

    /// The text itself, for the one place that needs it. Do not keep what it returns.
    public func reveal() -> String { value }

    /// Whether the text stands anywhere in `text`, for keeping it out of messages.
    public func occurs(in text: String) -> Bool { !value.isEmpty && text.contains(value) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    /// Has no children, so that `dump` and reflecting loggers see nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
