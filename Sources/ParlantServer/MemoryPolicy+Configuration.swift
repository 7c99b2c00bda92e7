import ParlantCore
import ParlantEngine

/// The member `memory` of the configuration file.
extension MemoryPolicy {
    /// Most seconds of a pause: a day.
    private static let longestPause = 86_400.0

    /// Reads the member; what it leaves out stays as it is.
    ///
    /// - Throws: ``ConfigurationError`` that names the member and what was expected.
    init(reading value: JSONValue, _ path: String) throws(ConfigurationError) {
        self.init()
        guard let members = value.object else {
            throw ConfigurationError("\(path): expected an object, got \(value.brief)")
        }
        for (name, value) in members {
            let path = "\(path).\(name)"
            switch name {
            case "pause":
                guard let seconds = value.number, seconds > 0, seconds <= Self.longestPause else {
                    throw ConfigurationError("\(path): expected seconds above 0, 86400 at most, got \(value.brief)")
                }
                pause = .seconds(seconds)
            case "tokens": tokens = try Self.number(value, 1...100_000, path)
            case "most_per_customer": mostPerCustomer = try Self.number(value, 1...100_000, path)
            case "adopt_guest_sessions":
                guard let adopts = value.boolean else {
                    throw ConfigurationError("\(path): expected true or false, got \(value.brief)")
                }
                adoptsGuestSessions = adopts
            default:
                throw ConfigurationError(
                    "\(path): there is no such member; there are adopt_guest_sessions, most_per_customer, pause, tokens"
                )
            }
        }
    }

    private static func number(
        _ value: JSONValue, _ range: ClosedRange<Int64>, _ path: String
    ) throws(ConfigurationError) -> Int {
        guard let number = value.integer, range.contains(number) else {
            throw ConfigurationError(
                "\(path): expected a whole number from \(range.lowerBound) to \(range.upperBound), got \(value.brief)")
        }
        return Int(number)
    }
}
