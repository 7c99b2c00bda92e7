import ParlantCore
import Testing

@testable import ParlantEngine

/// One rule of the resolver: an agent, what was matched, what is left.
///
/// Small letters are guidelines, capital ones journeys, `#t` is a tag.
/// - `agent`: guidelines with what they have: `a@10` a priority, `a#t` a tag, `a/J` belongs to a journey, `a^J` starts
///   it; journeys `J`, `J@10`, `J#t`. What is mentioned elsewhere need not stand here.
/// - `says`: `a > b` priority, `a needs b`, `a needs all #t`, `a needs any #t`, `a needs one of b #t`, `a entails b`,
///   `a asks b c`.
/// - `given`: what was matched, and the active journeys: `J` was under way, `J!` began now, `K(J` is nested in `J`,
///   `J.ask` is a state.
/// - `left`: what applies; `?a` is `a` as the question what is meant.
/// - `because`: how it ended for what the row is about.
struct ResolverRow: Sendable, CustomTestStringConvertible {
    var rule: String
    var agent = ""
    var says: [String] = []
    var given: String
    var left: String
    var because: [String: ResolutionRecord.Kind] = [:]

    var testDescription: String { rule }

    init(
        _ rule: String, agent: String = "", says: [String] = [], given: String, left: String,
        because: [String: ResolutionRecord.Kind] = [:]
    ) {
        self.rule = rule
        self.agent = agent
        self.says = says
        self.given = given
        self.left = left
        self.because = because
    }

    func resolve() -> RelationalResolution {
        let drawing = AgentDrawing(self)
        return RelationalResolution(drawing.matches, journeys: drawing.active, index: drawing.index)
    }

    /// Checks the row, also with the matches in the opposite order.
    func check(_ location: Testing.SourceLocation = #_sourceLocation) {
        let drawing = AgentDrawing(self)
        for matches in [drawing.matches, drawing.matches.reversed()] {
            let resolution = RelationalResolution(matches, journeys: drawing.active, index: drawing.index)
            #expect(resolution.names == Set(left.words), sourceLocation: location)
            #expect(resolution.isStable, sourceLocation: location)
            for (name, kind) in because {
                let record = resolution.records.first { $0.entity.name == name }
                #expect(record?.kind == kind, "\(name)", sourceLocation: location)
                #expect(
                    record?.applies == (left.words.contains(name) || left.words.contains("?\(name)")), "\(name)",
                    sourceLocation: location)
            }
        }
    }
}

extension RelationalResolution {
    /// What applies, in the notation of a row.
    var names: Set<String> {
        let applying = matches.map { match in
            let name = ResolutionRecord.Entity.guideline(match.guideline.id).name
            let isQuestion = match.guideline.content.action?.hasPrefix("Ask the customer which") == true
            return isQuestion && !name.hasPrefix("?") ? "?\(name)" : name
        }
        return Set(applying + journeys.map(\.id.rawValue))
    }

    func record(_ name: String) -> ResolutionRecord? { records.first { $0.entity.name == name } }
}

extension ResolutionRecord.Entity {
    /// The entity in the notation of a row.
    var name: String {
        switch self {
        case .guideline(let id):
            id.rawValue.replacing("disambiguation:", with: "?").replacing("journey_state:", with: "")
                .replacing(":", with: ".")
        case .journey(let id): id.rawValue
        case .tag(let id): "#\(id)"
        case .tool(let id): "\(id)"
        }
    }
}

/// What the notation of a row draws.
struct AgentDrawing {
    private(set) var guidelines: [String: Guideline] = [:]
    private(set) var journeys: [String: Journey] = [:]
    private(set) var relationships: [Relationship] = []
    private(set) var matches: [GuidelineMatch] = []
    private(set) var active: [ActiveJourney] = []

    var index: RelationshipIndex {
        RelationshipIndex(
            guidelines: guidelines.values.sorted { $0.id < $1.id }, journeys: journeys.values.sorted { $0.id < $1.id },
            relationships: relationships)
    }

    init(_ row: ResolverRow) {
        for word in row.agent.words { define(word) }
        for (number, sentence) in row.says.enumerated() { relate(sentence.words, number) }
        for word in row.given.words { give(word) }
    }

    private mutating func define(_ word: String) {
        var parts: [(mark: Character, text: String)] = [(" ", "")]
        for character in word {
            if "@#/^".contains(character) {
                parts.append((character, ""))
            } else {
                parts[parts.count - 1].text.append(character)
            }
        }
        let name = parts[0].text
        mention(name)
        for (mark, text) in parts.dropFirst() {
            if "/^".contains(mark) { mention(text) }
            switch (mark, name.isJourney) {
            case ("@", true): journeys[name]?.priority = Int(text) ?? 0
            case ("@", false): guidelines[name]?.priority = Int(text) ?? 0
            case ("#", true): journeys[name]?.tags.append(TagID(text))
            case ("#", false): guidelines[name]?.tags.append(TagID(text))
            case ("/", _): guidelines[name]?.scope = .journey(JourneyID(text))
            default:
                guidelines[name]?.tags.append(Journey.owner(JourneyID(text)))
                guidelines[name]?.content.action = nil
                journeys[text]?.conditions.append(GuidelineID(name))
            }
        }
    }

    private mutating func mention(_ name: String) {
        if name.isJourney, journeys[name] == nil {
            journeys[name] = Journey(id: JourneyID(name), title: "Journey \(name)", description: "")
        } else if !name.isJourney, guidelines[name] == nil {
            guidelines[name] = .make(GuidelineID(name), "Condition \(name)")
        }
    }

    private mutating func relate(_ words: [String], _ number: Int) {
        let targets: ArraySlice<String>
        var kind = Relationship.Kind.dependency
        var quantifier = Relationship.Quantifier.all
        var group: String?
        switch (words[1], words[2]) {
        case (">", _): (kind, targets) = (.priority, words[2...])
        case ("entails", _): (kind, targets) = (.entailment, words[2...])
        case ("asks", _): (kind, targets) = (.disambiguation, words[2...])
        case ("needs", "one"): (group, quantifier, targets) = ("\(number)", .any, words[4...])
        case ("needs", "any"): (quantifier, targets) = (.any, words[3...])
        case ("needs", "all"): targets = words[3...]
        default: targets = words[2...]
        }
        for (position, target) in targets.enumerated() {
            relationships.append(
                Relationship(
                    id: RelationshipID("r\(number).\(position)"), kind: kind, source: end(words[0]),
                    target: end(target), group: group,
                    quantifier: quantifier))
        }
    }

    private mutating func end(_ name: String) -> Relationship.End {
        if name.hasPrefix("#") { return .tag(TagID(String(name.dropFirst()))) }
        mention(name)
        return name.isJourney ? .tag(Journey.owner(JourneyID(name))) : .guideline(GuidelineID(name))
    }

    private mutating func give(_ word: String) {
        if let dot = word.firstIndex(of: ".") {
            let journey = String(word[..<dot])
            let id = GuidelineID("journey_state:\(word.replacing(".", with: ":"))")
            var state = Guideline.make(id, nil, matcher: .always)
            state.scope = .journey(JourneyID(journey))
            matches.append(GuidelineMatch(guideline: state, rationale: "the journey is here"))
        } else if word.isJourney {
            let parts = word.replacing("!", with: "").split(separator: "(").map { JourneyID(String($0)) }
            for part in parts { mention(part.rawValue) }
            active.append(
                ActiveJourney(parts[0], beganNow: word.hasSuffix("!"), host: parts.count > 1 ? parts[1] : nil))
        } else {
            mention(word)
            guard let guideline = guidelines[word] else { return }
            matches.append(GuidelineMatch(guideline: guideline, rationale: "because"))
        }
    }
}

extension String {
    var words: [String] { split(separator: " ").map(String.init) }
    fileprivate var isJourney: Bool { first?.isUppercase == true }
}
