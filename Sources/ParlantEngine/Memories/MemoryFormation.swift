import ParlantCore

/// Asks a model what is worth remembering of a conversation, and reads its answer.
///
/// The customer's words decide: a change counts only with the number of a message in which the customer says it.
struct MemoryFormation: Sendable {
    static let name = "memories"

    let agent: Agent
    let transcript: MemoryTranscript
    /// What is remembered already and may be touched, in the order of the numbers that the model sees.
    let known: [Stored<Memory>]
    let now: Timestamp

    /// The request for a model.
    var request: GenerationRequest {
        var system = PromptBuilder()
        system.section("Task", [PromptBuilder.identity(of: agent), Self.task])
        system.section("Rules", Self.rules.map { "- \($0)" })
        var prompt = PromptBuilder()
        prompt.section(
            "Notes so far", known.enumerated().map { "\($0 + 1). \($1.entity.kind.rawValue), \($1.noteLine)" })
        prompt.section("Said earlier, as background", transcript.background.map(Self.line))
        prompt.section(
            "New part of the conversation", transcript.lines.enumerated().map { "\($0 + 1). \(Self.line($1))" })
        prompt.section("Now", [LocalTime(now).line])
        return GenerationRequest(
            system: system.text, prompt: prompt.text, schemaName: Self.name, schema: schema, maxTokens: 1536,
            size: .mini)
    }

    /// What an answer changes, as far as it can be believed.
    ///
    /// - Returns: The changes, at most one for each memory, and how many were left out.
    func read(_ answer: JSONValue) -> (changes: [MemoryChange], ignored: Int) {
        let proposals = answer["changes"]?.array ?? []
        var reading = Reading(keys: Set(known.map { MemoryText.key($0.entity.content) }))
        for proposal in proposals.prefix(MemoryPolicy.mostChanges) {
            if let change = change(proposal, &reading) { reading.changes.append(change) }
        }
        return (reading.changes, proposals.count - reading.changes.count)
    }

    private struct Reading {
        /// What is remembered by then, for telling what is said twice.
        var keys: Set<String>
        var touched: Set<MemoryID> = []
        var changes: [MemoryChange] = []
    }

    private func change(_ proposal: JSONValue, _ reading: inout Reading) -> MemoryChange? {
        guard let source = source(proposal) else { return nil }
        let target = (proposal["note"]?.integer).flatMap { number in
            number > 0 && number <= known.count ? known[Int(number) - 1].entity : nil
        }
        switch proposal["operation"]?.string {
        case "add":
            guard let draft = draft(proposal, source), reading.keys.insert(MemoryText.key(draft.content)).inserted
            else { return nil }
            return .add(draft)
        case "replace":
            guard let target, !reading.touched.contains(target.id), let draft = draft(proposal, source) else {
                return nil
            }
            // The same words again change nothing but the time at which they were true; those of another note leave the
            // other alone.
            reading.keys.remove(MemoryText.key(target.content))
            reading.keys.insert(MemoryText.key(draft.content))
            reading.touched.insert(target.id)
            return .replace(target.id, draft)
        case "drop":
            guard let target, reading.touched.insert(target.id).inserted else { return nil }
            reading.keys.remove(MemoryText.key(target.content))
            return .drop(target.id)
        default: return nil
        }
    }

    /// The customer's message in which it is said.
    private func source(_ proposal: JSONValue) -> MemoryTranscript.Line? {
        guard let number = proposal["said_in"]?.integer, number > 0, number <= transcript.lines.count else {
            return nil
        }
        let line = transcript.lines[Int(number) - 1]
        return line.isOwn ? line : nil
    }

    private func draft(_ proposal: JSONValue, _ source: MemoryTranscript.Line) -> MemoryDraft? {
        guard let content = proposal["content"]?.string.flatMap(MemoryText.content) else { return nil }
        let importance = (proposal["importance"]?.number ?? 5) / 10
        let sentiment = proposal["sentiment"]?.number ?? 0
        return MemoryDraft(
            content, kind: proposal["kind"]?.string.flatMap(Memory.Kind.init(rawValue:)) ?? .fact,
            entities: MemoryText.entities((proposal["entities"]?.array ?? []).compactMap(\.string)),
            moment: proposal["when"]?.string.flatMap { Timestamp("\($0)T00:00:00Z") } ?? source.at,
            importance: min(max(importance, 0), 1), sentiment: min(max(sentiment, -1), 1))
    }

    private static func line(_ line: MemoryTranscript.Line) -> String { "\(line.role.rawValue): \(line.text)" }

    private static let task =
        "Keep notes about the customer, so that later conversations can go on from what they said. Read the new part of "
        + "the conversation and answer with what changes in the notes; with nothing when it says nothing that is worth "
        + "knowing next month."

    private static let rules = [
        "Note what customers say about themselves: their situation, needs, preferences, people and things of theirs, "
            + "what they did and plan. What the agent says, offers or assumes is no note, unless the customer confirms it.",
        "'said_in' is the number of the customer's message that says it. Without such a message there is no change.",
        "A 'fact' holds until it changes. An 'episode' happened once; 'when' is its date as YYYY-MM-DD, null where "
            + "nobody knows.",
        "'content' is one short sentence in the customer's language that is clear without the conversation. 'entities' "
            + "are the people, places and things in it, by name.",
        "'add' makes a note, with 'note' null. Where the customer says otherwise than a note, 'replace' it: 'note' is "
            + "its number. Where they take it back, or ask to forget it, 'drop' it. Never note again what a note says.",
        "Leave out passwords, numbers of cards and accounts, and whatever the customer does not want to be kept.",
        "'importance' is from 1, small talk, to 10, matters in every conversation; 'sentiment' from -1, the customer "
            + "minds, to 1, the customer is happy about it.",
    ]

    private var schema: JSONValue {
        let text: JSONValue = ["type": "string"]
        func orNull(_ type: JSONValue) -> JSONValue { ["anyOf": [["type": type], ["type": "null"]]] }
        let members: JSONObject = [
            "operation": ["type": "string", "enum": known.isEmpty ? ["add"] : ["add", "replace", "drop"]],
            "note": orNull("integer"), "said_in": ["type": "integer"],
            "kind": ["type": "string", "enum": .array(Memory.Kind.allCases.map { .string($0.rawValue) })],
            "content": text, "entities": ["type": "array", "items": text], "when": orNull("string"),
            "importance": ["type": "integer"], "sentiment": ["type": "number"],
        ]
        let change: JSONValue = [
            "type": "object", "properties": .object(members),
            "required": .array(members.keys.map(JSONValue.string)), "additionalProperties": false,
        ]
        return [
            "type": "object",
            "properties": [
                "changes": [
                    "type": "array", "items": change, "maxItems": .integer(Int64(MemoryPolicy.mostChanges)),
                ]
            ],
            "required": ["changes"], "additionalProperties": false,
        ]
    }
}

extension Stored<Memory> {
    /// When it was so, as far as that is known.
    var moment: Timestamp { entity.moment ?? createdAt }

    /// As it stands in a prompt: the day, then one line.
    var noteLine: String { "\(moment.description.prefix(10)): \(MemoryText.line(entity.content))" }
}
