import ArgumentParser
import ParlantServer

/// Reads `plugin:NAME`; nil for anything else.
private func pluginName(_ argument: String) -> String? {
    let name = argument.dropFirst("plugin:".count)
    return argument.hasPrefix("plugin:") && !name.isEmpty ? String(name) : nil
}

/// The value of `--nlp`.
enum Provider: Equatable, ExpressibleByArgument {
    case offline, openai
    case plugin(String)

    init?(argument: String) {
        switch argument {
        case "offline": self = .offline
        case "openai": self = .openai
        default:
            guard let name = pluginName(argument) else { return nil }
            self = .plugin(name)
        }
    }

    static var allValueStrings: [String] { ["offline", "openai", "plugin:NAME"] }

    var defaultValueDescription: String { name }

    /// The value as it is written.
    var name: String {
        switch self {
        case .offline: "offline"
        case .openai: "openai"
        case .plugin(let name): "plugin:\(name)"
        }
    }
}

/// The value of `--customer-store`.
enum CustomerStorage: ExpressibleByArgument {
    case memory
    case plugin(String)

    init?(argument: String) {
        if argument == "memory" {
            self = .memory
        } else if let name = pluginName(argument) {
            self = .plugin(name)
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] { ["memory", "plugin:NAME"] }

    var defaultValueDescription: String {
        switch self {
        case .memory: "memory"
        case .plugin(let name): "plugin:\(name)"
        }
    }

    /// What the server is told.
    var storage: ServerConfiguration.CustomerStorage {
        switch self {
        case .memory: .memory
        case .plugin(let name): .plugin(name)
        }
    }
}
