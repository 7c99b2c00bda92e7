/// What a host function is called with.
public struct HostCall: Sendable {
    /// One value for each argument, trailing nils included.
    public var arguments: [LuaValue]
    /// The nearest script line of the caller; lines of preludes are skipped. Nil if the script has left that line
    /// with a tail call, which leaves no trace.
    public var location: LuaLocation?
    /// What the Swift caller of ``LuaVM/call(_:_:budget:context:)`` or ``LuaVM/run(_:budget:context:)`` passed.
    public var context: (any Sendable)?

    /// Makes a call, for tests of host functions.
    public init(arguments: [LuaValue], location: LuaLocation? = nil, context: (any Sendable)? = nil) {
        self.arguments = arguments
        self.location = location
        self.context = context
    }
}

/// An error that becomes a Lua error at the script's line, which the script can catch with `pcall`.
public struct HostError: Error, Sendable, CustomStringConvertible {
    /// One sentence, without a position.
    public var message: String

    /// Makes an error.
    public init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { message }
}

/// A Swift function that preludes reach as `host.call.<name>`.
///
/// Any error that the body throws becomes a Lua error with its message, or its description if it is no ``HostError``.
public struct HostFunction: Sendable {
    enum Body: Sendable {
        case immediate(@Sendable (HostCall) throws -> [LuaValue])
        case suspending(Operation)
    }

    /// A body that stays on the lane until it first waits.
    typealias Operation = nonisolated(nonsending) @Sendable (HostCall) async throws -> [LuaValue]

    let name: String
    let passesFunctions: Bool
    let body: Body

    /// A function that runs at once, on the lane; others of the lane wait for it, so it must be quick. It cannot call
    /// back into the VM.
    ///
    /// - Parameters:
    ///   - name: Name under `host.call`. One named `print` also receives what scripts print, as one string.
    ///   - passesFunctions: Lua functions in arguments become ``LuaValue/function(_:)``, which the VM keeps for its
    ///     whole life. Otherwise a function in an argument is an error that names the path to it.
    ///   - body: What it does.
    public static func immediate(
        _ name: String, passesFunctions: Bool = false,
        _ body: @escaping @Sendable (HostCall) throws -> [LuaValue]
    ) -> HostFunction {
        HostFunction(name: name, passesFunctions: passesFunctions, body: .immediate(body))
    }

    /// A function that suspends the coroutine that calls it, until the body returns or throws.
    ///
    /// The body begins on the lane and leaves it at its first wait, so it costs no thread change if it need not wait. It
    /// should end early when its task is cancelled: the call is closed only then.
    ///
    /// - Parameters:
    ///   - name: Name under `host.call`.
    ///   - body: What it does. Other calls of the VM run while it waits.
    public static func suspending(
        _ name: String,
        _ body: nonisolated(nonsending) @escaping @Sendable (HostCall) async throws -> [LuaValue]
    ) -> HostFunction {
        HostFunction(name: name, passesFunctions: false, body: .suspending(body))
    }
}

/// Thrown by the body of a suspending host function to end the whole call, as a cancellation does: no `pcall` of the
/// script sees it, the coroutine is closed, and ``LuaVM/call(_:_:budget:context:)`` throws ``reason``.
public struct HostAbort: Error, Sendable {
    /// What the caller gets.
    public var reason: any Error

    /// Ends the call with this error.
    public init(_ reason: any Error) { self.reason = reason }
}

/// Source text of a module or a script.
public struct LuaSource: Sendable {
    /// Shown as the file in errors, for example `agents/bank/init.lua`.
    public var name: String
    /// Lua text; precompiled chunks are refused.
    public var text: String

    /// Makes a source.
    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

/// Finds the source of a module for `require`. Called on the lane.
///
/// Nil means that there is no such module: `module 'x' was not found`. To say where it was looked for, throw a
/// ``HostError`` instead; its message is the script's error.
public typealias ModuleLoader = @Sendable (_ name: String) throws -> LuaSource?
