import Foundation
import ParlantCore
import ParlantMongo
import ParlantTesting
import Synchronization

/// A server that speaks MongoDB's protocol, in a process of its own.
final class MongoServer: Sendable {
    /// What went wrong with the server of the tests.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let python = root.appending(path: ".venv/bin/python").path

    /// Whether the Python environment of the tests holds the server. `make test` sees to it.
    static let isInstalled: Bool = {
        let lib = root.appending(path: ".venv/lib").path
        let pythons = (try? FileManager.default.contentsOfDirectory(atPath: lib)) ?? []
        return pythons.contains { FileManager.default.fileExists(atPath: "\(lib)/\($0)/site-packages/secantus") }
    }()

    /// Why tests that need it are skipped elsewhere.
    static let comment = "needs the Python environment that 'make test' installs"

    /// One for all tests that do not end it. It ends with the tests' process.
    static let shared: Result<MongoServer, any Error> = Result { try MongoServer() }

    let port: Int
    private let process: Process
    private static let lastDatabase = Atomic<Int>(0)

    /// Starts a server and returns when it accepts connections.
    init(_ arguments: String..., data: String = ":memory:", port: Int = 0) throws {
        process = Process()
        process.executableURL = URL(filePath: Self.python)
        process.arguments =
            [Self.root.appending(path: "e2e/mongo_server.py").path, "--data", data, "--port", String(port)] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) {
            line += byte
        }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count == 2, words[0] == "ready", let number = Int(words[1]) else {
            throw Failure(description: "the server said '\(words.joined(separator: " "))' instead of its port")
        }
        self.port = number
    }

    deinit { process.terminate() }

    /// Ends it as a crash does, and returns when it is gone.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        // Not Foundation's own wait: it hears of the end by a socket that other processes, started at the same moment, may
        // have inherited, and then waits for theirs too. Whoever collects the process first, it has ended.
        var info = siginfo_t()
        while waitid(P_PID, id_t(process.processIdentifier), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    }

    /// Stops it from answering, without closing anything, or lets it go on.
    func suspend(_ isSuspended: Bool) { Foundation.kill(process.processIdentifier, isSuspended ? SIGSTOP : SIGCONT) }

    /// An address with a database that nobody has used.
    func address(user: String = "", options: String = "") throws -> MongoAddress {
        let number = Self.lastDatabase.add(1, ordering: .relaxed).newValue
        return try MongoAddress("mongodb://\(user)127.0.0.1:\(port)/d\(number)\(options)")
    }

    /// Stores in a database that nobody has used.
    func stores(
        clock: any TimeSource = SystemTimeSource(), limits: KeyValueLimits = .init()
    ) async throws -> MongoStores {
        try await MongoStores(address(), clock: clock, ids: RandomIDGenerator(), limits: limits)
    }
}
