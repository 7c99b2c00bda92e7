import ParlantCore
import Testing

@Suite("Random ids")
struct IDGeneratorTests {
    @Test("have the reference's shape")
    func shape() {
        let ids = RandomIDGenerator()
        for _ in 0..<200 {
            let entity = ids.entityID()
            #expect(entity.utf8.count == 10)
            #expect(entity.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
            let trace = ids.traceID().rawValue
            #expect(trace.utf8.count == 32)
            #expect(trace.allSatisfy { $0.isHexDigit && !$0.isUppercase })
            #expect(ids.uuid().wholeMatch(of: Self.version4) != nil)
        }
        #expect(CountingIDGenerator().uuid() == "00000000-0000-4000-8000-000000000001")
    }

    private static var version4: Regex<Substring> {
        /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
    }

    @Test("never repeat, whoever asks: several tasks at once, and copies of a generator")
    func distinct() async {
        let ids = RandomIDGenerator()
        let all = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                let copy = ids
                group.addTask { (0..<500).flatMap { _ in [copy.entityID(), copy.traceID().rawValue, copy.uuid()] } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(all.count == 12000)
        #expect(Set(all).count == all.count)
    }

    @Test("use all characters in all places")
    func spread() {
        let ids = RandomIDGenerator()
        var seen = [Set<Character>](repeating: [], count: 10)
        for _ in 0..<4000 { for (place, character) in ids.entityID().enumerated() { seen[place].insert(character) } }
        #expect(seen.allSatisfy { $0.count == 62 })
    }
}
