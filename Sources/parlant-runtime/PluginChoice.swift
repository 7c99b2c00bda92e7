import ArgumentParser
import ParlantServer

/// Reads `plugin:NAME`; nil for anything else.
func pluginName(_ argument: String) -> String? {
    let name = argument.dropFirst("plugin:".count)
    return argument.hasPrefix("plugin:") && !name.isEmpty ? String(name) : nil
}

/// The value of `--nlp`.
enum Provider: Equatable, ExpressibleByArgument {
    case offline
    case endpoint(String)
    case plugin(String)

    init?(argument: String) {
        if argument == "offline" {
            self = .offline
        } else if LanguageModels.endpointNames.contains(argument) {
            self = .endpoint(argument)
        } else if let name = pluginName(argument) {
            self = .plugin(name)
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] { ["offline"] + LanguageModels.endpointNames + ["plugin:NAME"] }

    var defaultValueDescription: String { name }

    /// The value as it is written.
    var name: String {
        switch self {
        case .offline: "offline"
        case .endpoint(let name): name
        case .plugin(let name): "plugin:\(name)"
        }
    }

    /// Whether it is a service behind an address, which takes names of models.
    var isEndpoint: Bool { if case .endpoint = self { true } else { false } }

    /// What the server is told.
    var choice: ModelChoice.Provider {
        switch self {
        case .offline: .offline
        case .endpoint(let name): .endpoint(name)
        case .plugin(let name): .plugin(name)
        }
    }
}
