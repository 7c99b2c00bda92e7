import Foundation

/// The parts of `make bench` that are written in Swift; `bench.py` runs them and prints the table.
@main
struct ParlantBench {
    static let usage = """
        usage: parlant-bench empty-route --port N [--customer-bytes N] [--event-bytes N] [--list-bytes N]
               parlant-bench lua --agents DIR
               parlant-bench reload [--saves N] [--files N]
               parlant-bench turns [--guidelines N] [--turns N]
               parlant-bench allocations
               parlant-bench narrowing --data DIR [--vectors FILE]
               parlant-bench retrieval --data DIR [--vectors FILE]
               parlant-bench store --folder DIR [--seconds N]
               parlant-bench events --store memory|sqlite|local --folder DIR [--events N]

        empty-route  Hummingbird with routes that do nothing and answer bodies of the given sizes.
        lua          Time and allocations of one Lua tool call and of what bounds it, one line of JSON each.
        reload       Times of saves of a bundle until they are served, and of Lua alone; one line of JSON each.
        turns        Times of turns with a model that answers at once; one line of JSON each.
        allocations  Checks that the allocation counter sees what Swift allocates.
        narrowing    Recall and share of the conditions that are kept, by pool, one line of JSON each; without
                     vectors the texts that need one, each as a line of JSON.
        retrieval    How often the passage that answers a question is found, by words and with vectors, one line of
                     JSON each; without vectors the texts that need one, each as a line of JSON.
        store        Durable appends per second, by number of clients, and what bounds them; one line of JSON each.
        events       Memory and disk that each of many events takes, and the time to open the store with them.
        """

    static func main() async {
        do {
            try await run()
        } catch {
            FileHandle.standardError.write(Data("parlant-bench: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let options = Options(arguments.dropFirst())
        switch arguments.first {
        case "empty-route":
            guard let port = options.integer("port") else { stop() }
            try await EmptyRoute(
                port: port, customerBytes: options.integer("customer-bytes") ?? 150,
                eventBytes: options.integer("event-bytes") ?? 400, listBytes: options.integer("list-bytes") ?? 4000
            ).run()
        case "lua":
            guard let agents = options["agents"] else { stop() }
            try await LuaBenchmark(agents: agents).run()
        case "reload":
            try await ReloadBenchmark(
                saves: options.integer("saves") ?? 200, files: options.integer("files") ?? 100
            ).run()
        case "turns":
            try await TurnBenchmark(
                guidelines: options.integer("guidelines") ?? 50, turns: options.integer("turns") ?? 2000
            ).run()
        case "allocations":
            try await AllocationCheck().run()
        case "narrowing":
            guard let data = options["data"] else { stop() }
            try NarrowingBenchmark(data: data, vectors: options["vectors"]).run()
        case "retrieval":
            guard let data = options["data"] else { stop() }
            try RetrievalBenchmark(data: data, vectors: options["vectors"]).run()
        case "store":
            guard let folder = options["folder"] else { stop() }
            try await StoreBenchmark(folder: folder, seconds: options.integer("seconds") ?? 3).run()
        case "events":
            guard let folder = options["folder"], let store = options["store"].flatMap(BenchedStore.init) else {
                stop()
            }
            try await EventsBenchmark(store: store, folder: folder, events: options.integer("events") ?? 1_000_000)
                .run()
        default: stop()
        }
    }

    private static func stop() -> Never {
        FileHandle.standardError.write(Data((usage + "\n").utf8))
        exit(64)
    }
}

/// `--name value` pairs.
struct Options {
    private var values: [String: String] = [:]

    init(_ arguments: some Sequence<String>) {
        var name: String?
        for argument in arguments {
            if argument.hasPrefix("--") {
                name = String(argument.dropFirst(2))
            } else if let known = name {
                values[known] = argument
                name = nil
            }
        }
    }

    subscript(name: String) -> String? { values[name] }

    func integer(_ name: String) -> Int? { values[name].flatMap { Int($0) } }
}
