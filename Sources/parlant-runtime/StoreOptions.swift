import ArgumentParser
import ParlantServer

/// Where a server keeps what is made at run time.
struct StoreOptions: ParsableArguments {
    private static let choices = StoreChoice.offers.joined(separator: ", ")

    @Option(
        help: "Where everything is kept that is made at run time: \(choices).",
        transform: { try StoreChoice($0) })
    var store = StoreChoice.memory

    @Option(
        help:
            "Where customers are kept, as for --store, or plugin:NAME for the 'customer_store' of a plugin. (default: --store)",
        transform: { try customers($0) })
    var customerStore: StorePlan.Customers?

    @Option(
        help: "Where sessions and events are kept, as for --store. (default: --store)",
        transform: { try StoreChoice($0) })
    var sessionStore: StoreChoice?

    @Option(
        help: "Where variables and their values are kept, as for --store. (default: --store)",
        transform: { try StoreChoice($0) })
    var variableStore: StoreChoice?

    /// What the server is told.
    var plan: StorePlan {
        StorePlan(all: store, customers: customerStore, sessions: sessionStore, variables: variableStore)
    }

    private static func customers(_ text: String) throws(ConfigurationError) -> StorePlan.Customers {
        if let name = pluginName(text) { return .plugin(name) }
        do {
            return .store(try StoreChoice(text))
        } catch {
            throw ConfigurationError(error.message + ", plugin:NAME")
        }
    }
}
