import Foundation
import LuaRuntime
import ParlantCore

/// `ctx.time`, with the time zones that its functions take.
extension ContextServices {
    var time: [HostFunction] {
        [
            .immediate("time_now") { [clock] _ in [.number(clock.now.seconds)] },
            .immediate("time_today") { [clock] call in
                let zone = try Self.zone(call, "ctx.time:today", required: false)
                return [.string(String(Self.local(clock.now, zone).description.prefix(10)))]
            },
            .immediate("time_local_hour") { [clock] call in
                let zone = try Self.zone(call, "ctx.time:local_hour", required: true)
                let text = Self.local(clock.now, zone).description
                return [.integer(Int64(text.dropFirst(11).prefix(2)) ?? 0)]
            },
            .immediate("time_iso") { call in
                // The years 0 to 9999, which four digits can write.
                guard let seconds = call.argument(0).double, (-62_167_219_200..<253_402_300_800).contains(seconds)
                else { throw HostError("ctx.time:iso: expected a number of seconds since 1970") }
                let moment = Timestamp(microseconds: Int64(seconds.rounded(.down)) * 1_000_000)
                return [.string("\(moment.description.prefix(19))Z")]
            },
            .waiting("time_sleep") { [clock] call in
                _ = try CallScope.of(call, "ctx.time:sleep")
                guard let seconds = call.argument(0).double, (0...86400).contains(seconds) else {
                    throw HostError("ctx.time:sleep: expected a number of seconds from 0 to 86400")
                }
                try await clock.sleep(for: .seconds(seconds))
                return []
            },
        ]
    }

    private static func zone(_ call: HostCall, _ name: String, required: Bool) throws -> TimeZone {
        let argument = call.argument(0)
        if argument.isAbsent, !required { return .gmt }
        guard let text = argument.text else { throw HostError("\(name): expected the name of a time zone") }
        guard text.contains("/") || text == "UTC" || text == "GMT", let zone = TimeZone(identifier: text) else {
            let hint = Wording.didYouMean(text, among: TimeZone.knownTimeZoneIdentifiers)
            let example = hint.isEmpty ? "; write a name such as \"Europe/Paris\"" : hint
            throw HostError("\(name): there is no time zone '\(text)'\(example)")
        }
        return zone
    }

    /// The moment moved by the zone's offset, so that its UTC digits are the zone's.
    private static func local(_ moment: Timestamp, _ zone: TimeZone) -> Timestamp {
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: moment.seconds))
        return moment.advanced(by: .seconds(offset))
    }
}
