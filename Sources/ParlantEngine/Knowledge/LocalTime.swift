import Foundation
import ParlantCore

/// What clock and calendar show where the customer is.
struct LocalTime: Sendable, Equatable {
    /// The member of a session's or customer's metadata that names the time zone.
    static let member = "timezone"

    /// `YYYY-MM-DD`.
    let date: String
    /// `hh:mm`.
    let time: String
    /// In English, as `Monday`.
    let weekday: String
    /// By its IANA name, as `Europe/Berlin`; nil where it is not known, and all of this is in UTC.
    let zone: String?
    /// How far it is ahead of UTC, as `+01:00`.
    let offset: String

    /// The time of a moment in UTC.
    init(_ moment: Timestamp) { self.init(moment, nil) }

    /// The time of a moment where somebody is.
    ///
    /// - Parameter zone: An IANA name, as ``zone(named:)`` finds it; nil: UTC.
    init(_ moment: Timestamp, in zone: String) {
        self.init(moment, Self.zone(named: zone))
    }

    private init(_ moment: Timestamp, _ zone: TimeZone?) {
        let seconds = zone?.secondsFromGMT(for: Date(timeIntervalSince1970: moment.seconds)) ?? 0
        // Moved by the zone's offset, so that its UTC digits are the zone's.
        let text = moment.advanced(by: .seconds(seconds)).description
        date = String(text.prefix(10))
        time = String(text.dropFirst(11).prefix(5))
        weekday = CalendarDay(date).map { Self.weekdays[$0.weekday] } ?? ""
        self.zone = zone?.identifier
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = abs(seconds) / 60
        offset = "\(seconds < 0 ? "-" : "+")\(digits(minutes / 60)):\(digits(minutes % 60))"
    }

    /// The zone that metadata name: the session's before the customer's, because people travel. A name that no zone has
    /// is passed over.
    ///
    /// - Returns: Nil when there is none, and in `unknown` what was passed over.
    static func zone(of session: JSONObject, or customer: JSONObject) -> (name: String?, unknown: [String]) {
        var unknown: [String] = []
        for metadata in [session, customer] {
            guard let value = metadata[member], !value.isNull else { continue }
            if let name = value.string, zone(named: name) != nil { return (name, unknown) }
            unknown.append(String((value.string ?? value.description).prefix(longestName)))
        }
        return (nil, unknown)
    }

    /// For a prompt.
    var line: String {
        let moment = "It is \(weekday), \(date), \(time)"
        return zone.map { "\(moment) where the customer is (\($0), UTC\(offset))." }
            ?? "\(moment) in UTC; where the customer is, it may be another time."
    }

    private static let longestName = 64
    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    /// Zones by their IANA names only: an abbreviation such as `EST` says nothing about summer.
    private static func zone(named name: String) -> TimeZone? {
        guard name.contains("/") || name == "UTC" || name == "GMT", name.utf8.count <= longestName else { return nil }
        return TimeZone(identifier: name)
    }
}
