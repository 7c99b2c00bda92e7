import Logging
import ParlantAPI

/// Who may use the API: the token from the environment.
struct APIAccess: Sendable {
    /// Name of the environment variable with the token.
    static let variable = "PARLANT_API_TOKEN"

    /// What requests must bring; nil: nothing.
    let token: APIToken?
    /// The environment without the token and without the address of a database, for the settings of agents and plugins.
    let remainingEnvironment: [String: String]

    /// - Throws: ``ConfigurationError`` for a token that is empty or cannot be used. Never holds the token.
    init(_ environment: [String: String]) throws(ConfigurationError) {
        var environment = environment
        let text = environment.removeValue(forKey: Self.variable)
        environment.removeValue(forKey: StoreChoice.addressVariable)
        remainingEnvironment = environment
        guard let text else {
            token = nil
            return
        }
        guard !text.isEmpty else {
            throw ConfigurationError("\(Self.variable) is empty; set it to a token, or unset it to let everybody in")
        }
        do {
            token = try APIToken(text)
        } catch {
            throw ConfigurationError("\(Self.variable) \(error.message)")
        }
    }

    /// Says that everybody in reach may do everything, when that is more than this machine.
    func warn(host: String, logger: Logger) {
        guard token == nil, !Self.isLoopback(host) else { return }
        logger.warning(
            "everybody who reaches this address may use the whole API; set \(Self.variable), or listen on 127.0.0.1",
            metadata: ["host": "\(host)"])
    }

    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
