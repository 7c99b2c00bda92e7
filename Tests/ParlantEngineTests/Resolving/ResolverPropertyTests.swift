import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("A resolution of any graph")
struct ResolverPropertyTests {
    private static let guidelines = "abcdefghij".map(String.init)
    private static let journeys = ["J", "K"]
    private static let tags = ["#s", "#t"]

    /// An agent with relationships of all kinds in all directions, circles and contradictions included.
    private func row(_ random: inout SeededGenerator) -> ResolverRow {
        let ends = Self.guidelines + Self.journeys + Self.tags
        let agent = (Self.guidelines + Self.journeys).map { name in
            var word = name
            if Int.random(in: 0..<4, using: &random) == 0 { word += "@\(Int.random(in: -1...2, using: &random))" }
            if Int.random(in: 0..<3, using: &random) == 0 { word += Self.tags.randomElement(using: &random)! }
            if name.count == 1, Self.guidelines.contains(name), Int.random(in: 0..<5, using: &random) == 0 {
                word += ["/", "^"].randomElement(using: &random)! + Self.journeys.randomElement(using: &random)!
            }
            return word
        }
        let verbs = ["needs", "needs", "needs any", "needs one of", ">", ">", "entails", "asks"]
        let says = (0..<Int.random(in: 0...14, using: &random)).map { _ in
            let verb = verbs.randomElement(using: &random)!
            let source = ends.randomElement(using: &random)!
            let count = verb == "needs one of" || verb == "asks" ? 2 : 1
            let targets = (0..<count).map { _ in ends.filter { $0 != source }.randomElement(using: &random)! }
            return "\(source) \(verb) \(targets.joined(separator: " "))"
        }
        var given = Self.guidelines.filter { _ in Bool.random(using: &random) }
        for journey in Self.journeys where Bool.random(using: &random) {
            given += [journey + (Bool.random(using: &random) ? "!" : ""), "\(journey).ask"]
        }
        return ResolverRow(
            "random", agent: agent.joined(separator: " "), says: says, given: given.joined(separator: " "), left: "")
    }

    @Test("ends, meets every dependency, accounts for everybody, and does not mind the order", arguments: 0..<8)
    func holds(_ seed: UInt64) {
        var random = SeededGenerator(state: seed)
        for _ in 0..<250 {
            let row = row(&random)
            let drawing = AgentDrawing(row)
            let index = drawing.index
            let resolution = RelationalResolution(drawing.matches, journeys: drawing.active, index: index)
            let again = RelationalResolution(drawing.matches, journeys: drawing.active, index: index)
            #expect(resolution == again, "\(row)")

            let shuffled = RelationalResolution(
                drawing.matches.shuffled(using: &random), journeys: drawing.active.reversed(), index: index)
            #expect(shuffled.names == resolution.names, "\(row)")
            #expect(
                Set(shuffled.records.map { "\($0)" }) == Set(resolution.records.map { "\($0)" }), "\(row)")

            let applying = Set(
                resolution.records.filter(\.applies).map { $0.entity.name.replacing("?", with: "") })
            #expect(applying == Set(resolution.names.map { $0.replacing("?", with: "") }), "\(row)")
            let given = Set(row.given.words.map { $0.replacing("!", with: "") })
            #expect(given.isSubset(of: resolution.records.map(\.entity.name)), "\(row)")
            checkDependencies(of: applying, drawing, row)
            checkReasons(of: resolution, row)
        }
    }

    /// Nothing applies whose dependencies do not, judged by the relationships as they were said.
    private func checkDependencies(of applying: Set<String>, _ drawing: AgentDrawing, _ row: ResolverRow) {
        func holders(_ tag: TagID) -> [String] {
            drawing.guidelines.values.filter { $0.tags.contains(tag) }.map(\.id.rawValue)
                + drawing.journeys.values.filter { $0.tags.contains(tag) }.map(\.id.rawValue)
        }
        func names(_ end: Relationship.End) -> [String] {
            switch end {
            case .guideline(let id): [id.rawValue]
            case .tag(let id) where id.rawValue.hasPrefix("journey:"): [String(id.rawValue.dropFirst(8))]
            case .tag(let id): holders(id)
            case .tool: []
            }
        }
        var groups: [String: [(source: String, isMet: Bool)]] = [:]
        for relationship in drawing.relationships where relationship.kind == .dependency {
            let targets = names(relationship.target)
            for source in names(relationship.source) where applying.contains(source) {
                let counted = targets.map { applying.contains($0) || $0 == source }
                let isMet =
                    !targets.isEmpty
                    && (relationship.quantifier == .all ? counted.allSatisfy { $0 } : counted.contains(true))
                guard let group = relationship.group else {
                    #expect(isMet, "\(source) in \(row)")
                    continue
                }
                groups["\(source) \(group)", default: []].append((source, isMet))
            }
        }
        for (group, members) in groups { #expect(members.contains { $0.isMet }, "\(group) in \(row)") }
        for guideline in drawing.guidelines.values where applying.contains(guideline.id.rawValue) {
            guard case .journey(let journey) = guideline.scope else { continue }
            #expect(applying.contains(journey.rawValue), "\(row)")
        }
    }

    /// Whoever was dropped knows why, and whoever applies was not dropped.
    private func checkReasons(of resolution: RelationalResolution, _ row: ResolverRow) {
        for record in resolution.records {
            let isDropped: Bool
            switch record.kind {
            case .none, .entailed: isDropped = false
            // An observation that asks applies, what it asks about does not.
            case .disambiguated: isDropped = !resolution.names.contains("?\(record.entity.name)")
            case .unmetDependencyAll, .unmetDependencyAny, .deprioritized: isDropped = true
            }
            #expect(record.applies != isDropped, "\(record) in \(row)")
            #expect(!record.decisions.isEmpty)
        }
    }
}
