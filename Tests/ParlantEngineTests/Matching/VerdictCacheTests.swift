import ParlantCore
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Verdicts that are kept")
struct VerdictCacheTests {
    private static func key(_ number: Int, _ kind: MatchingKind = .actionable) -> VerdictCache.Key {
        VerdictCache.Key(number: number, line: "\(number). The customer asks", kind: kind)
    }

    private static let before = VerdictCache.Fingerprint("otto", "customer: hello")
    private static let after = VerdictCache.Fingerprint("otto", "customer: hello again")

    @Test("count again for the same condition, kind and evidence, also when they say no")
    func kept() {
        let cache = VerdictCache()
        cache.keep([Self.key(1): "so", Self.key(2): nil], of: "s", by: Self.before)
        cache.keep([Self.key(3): "too"], of: "s", by: Self.before)
        let asked = [Self.key(1), Self.key(2), Self.key(3), Self.key(4), Self.key(1, .previouslyApplied)]
        let found = cache.verdicts(asked, of: "s", by: Self.before)
        #expect(found == [Self.key(1): "so", Self.key(2): nil, Self.key(3): "too"])
    }

    @Test("count for nothing else: other evidence, another session, another agent")
    func forgotten() {
        let cache = VerdictCache()
        cache.keep([Self.key(1): "so"], of: "s", by: Self.before)
        #expect(cache.verdicts([Self.key(1)], of: "s", by: Self.after).isEmpty)
        #expect(cache.verdicts([Self.key(1)], of: "t", by: Self.before).isEmpty)
        #expect(cache.verdicts([Self.key(1)], of: "s", by: .init("ann", "customer: hello")).isEmpty)
        cache.keep([Self.key(2): "so"], of: "s", by: Self.after)
        #expect(cache.verdicts([Self.key(1)], of: "s", by: Self.before).isEmpty)
    }

    @Test("are forgotten for the session that was used longest ago when there are too many")
    func bounded() {
        let cache = VerdictCache()
        for number in 0...VerdictCache.mostSessions {
            cache.keep([Self.key(1): "so"], of: SessionID("s\(number)"), by: Self.before)
            if number == 1 { cache.keep([:], of: "s0", by: Self.before) }
        }
        #expect(!cache.verdicts([Self.key(1)], of: "s0", by: Self.before).isEmpty)
        #expect(cache.verdicts([Self.key(1)], of: "s1", by: Self.before).isEmpty)
    }
}
