/// Where a server keeps something: the value of `--store` and its siblings.
///
/// A new backend is one case here, one line in ``parse(_:)`` and one in ``StoreOpening``.
public enum StoreChoice: Sendable, Hashable, CustomStringConvertible {
    /// In memory, gone with the process.
    case memory
    /// In a folder of readable JSON; nil: the server's home.
    case local(String?)
    /// In a SQLite file; nil: ``StoreChoice/defaultFile`` in the server's home.
    case sqlite(String?)
    /// In MongoDB, at this address; nil: the one in ``StoreChoice/addressVariable``.
    case mongo(String?)

    /// What this build offers, as people write it.
    public static let offers =
        ["memory", "local", "local:FOLDER", "sqlite", "sqlite:PATH"] + (hasMongo ? ["mongodb", "mongodb://…"] : [])
    /// The file of `sqlite` without a path.
    public static let defaultFile = "parlant.db"
    /// Name of the environment variable with the address of `mongodb`, for who does not want its password among the
    /// arguments of the process.
    public static let addressVariable = "PARLANT_MONGODB_URI"

    /// Reads the value of an option.
    ///
    /// - Throws: ``ConfigurationError`` that says what this build offers.
    public init(_ text: String) throws(ConfigurationError) {
        guard let choice = Self.parse(text) else {
            throw ConfigurationError(
                "'\(Self.hidingUser(text))' is no store that this build offers; there is \(Self.offers.joined(separator: ", "))"
            )
        }
        self = choice
    }

    private static func parse(_ text: String) -> StoreChoice? {
        switch text {
        case "memory": return .memory
        case "local": return .local(nil)
        case "sqlite": return .sqlite(nil)
        case "mongodb": return .mongo(nil)
        default: break
        }
        if text.hasPrefix("mongodb://") || text.hasPrefix("mongodb+srv://") { return .mongo(text) }
        guard let colon = text.firstIndex(of: ":"), case let path = String(text[text.index(after: colon)...]),
            !path.isEmpty
        else { return nil }
        switch text[..<colon] {
        case "local": return .local(path)
        case "sqlite": return .sqlite(path)
        default: return nil
        }
    }

    /// As people write it, without user and password.
    public var description: String {
        switch self {
        case .memory: "memory"
        case .local(let folder): folder.map { "local:\($0)" } ?? "local"
        case .sqlite(let path): path.map { "sqlite:\($0)" } ?? "sqlite"
        case .mongo(let address): address.map(Self.hidingUser) ?? "mongodb"
        }
    }

    /// A text that may hold a password, for people to see.
    private static func hidingUser(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let scheme = text.firstRange(of: "://").map { text[..<$0.upperBound] } ?? ""
        return "\(scheme)…\(text[at...])"
    }
}

/// Where a server keeps what: one store for all, and others for parts of it.
public struct StorePlan: Sendable, Equatable {
    /// Where customers are kept.
    public enum Customers: Sendable, Equatable {
        /// In a store of the server.
        case store(StoreChoice)
        /// Where the `customer_store` of this plugin keeps them.
        case plugin(String)
    }

    /// For everything that is not named below.
    public var all: StoreChoice
    /// For customers, and for tags when it is a store of the server: tags group customers. Nil: as ``all``.
    public var customers: Customers?
    /// For sessions, their events and explanations. Nil: as ``all``.
    public var sessions: StoreChoice?
    /// For variables that were created over REST, and for all values. Nil: as ``all``.
    public var variables: StoreChoice?

    public init(
        all: StoreChoice = .memory, customers: Customers? = nil, sessions: StoreChoice? = nil,
        variables: StoreChoice? = nil
    ) {
        self.all = all
        self.customers = customers
        self.sessions = sessions
        self.variables = variables
    }

    /// The plan in one line: `memory, sessions in sqlite:s.db`; nil when all of it is in memory.
    public var summary: String? {
        var parts = [all.description]
        switch customers {
        case .store(let choice)? where choice != all: parts.append("customers in \(choice)")
        case .plugin(let name)?: parts.append("customers in plugin:\(name)")
        default: break
        }
        if let sessions, sessions != all { parts.append("sessions in \(sessions)") }
        if let variables, variables != all { parts.append("variables in \(variables)") }
        return parts == [StoreChoice.memory.description] ? nil : parts.joined(separator: ", ")
    }
}
