/// What a handle offers: fields to read and methods to call. The editor's types, the prelude's methods and "did you
/// mean" come from it.
struct HandleSchema: Sendable {
    /// Fields that can be read, with the type that they have; those that are not required may be nil.
    var fields: [FieldSchema]
    var methods: [MethodSchema]
    /// Words of other systems, with ours.
    var translations: [String: String] = [:]
    /// Words of other systems that have no single word here, each with the sentence that helps.
    var hints: [String: String] = [:]

    /// What handles of a kind offer.
    static func of(_ kind: EntityKind) -> HandleSchema {
        switch kind {
        case .agent: agent
        case .guideline, .observation: guideline
        case .journey: journey
        case .variable: variable
        case .tag: HandleSchema(fields: [name], methods: verbs, translations: verbTranslations)
        case .term: HandleSchema(fields: [id, name], methods: [])
        case .tool, .customer: HandleSchema(fields: [id, name], methods: [])
        case .plugin: HandleSchema(fields: [name, tools], methods: [])
        case .cannedResponse: HandleSchema(fields: [id, template], methods: [])
        case .retriever: HandleSchema(fields: [id], methods: [])
        case .matchAlways, .anyOf, .allOf, .end, .void: HandleSchema(fields: [], methods: [])
        }
    }

    private static let id = FieldSchema("id", .text, required: true, "Stable identity, given or derived.")
    private static let name = FieldSchema("name", .text, required: true, "Its name.")
    private static let title = FieldSchema("title", .text, "Short name for people; nil when none was given.")
    private static let condition = FieldSchema("condition", .text, "When it applies; nil when code decides.")
    private static let action = FieldSchema("action", .text, "What the agent does; nil for an observation.")
    private static let template = FieldSchema("template", .text, required: true, "The text with its placeholders.")
    private static let tools = FieldSchema("tools", .jsonObject, required: true, "The plugin's tools by name.")

    private static let verbs = RelationVerb.allCases.map { MethodSchema($0.rawValue, .relate($0), $0.doc) }
    private static let verbTranslations = ["exclude": "prioritize_over", "excludes": "prioritize_over"]

    private static let agent = HandleSchema(
        fields: [id, name],
        methods: [
            MethodSchema("guideline", .define(.guideline), "Adds a rule: what to do when."),
            MethodSchema(
                "observation", .define(.observation), "Adds a fact about the conversation, without an action."),
            MethodSchema("journey", .define(.journey), "Adds a path through the conversation, drawn as states."),
            MethodSchema("attach", .attach, "Adds journeys that were made with `parlant.journey`."),
            MethodSchema("term", .define(.term), "Adds a word of the business, explained."),
            MethodSchema("variable", .define(.variable), "Adds a value that the agent knows about the customer."),
            MethodSchema("canned_response", .define(.cannedResponse), "Adds a reply written in advance."),
            MethodSchema("retriever", .define(.retriever), "Adds grounding data for every turn."),
            MethodSchema("on", .on, "Runs a handler at a step of every turn."),
        ],
        translations: [
            "create_guideline": "guideline", "create_observation": "observation",
            "create_canned_response": "canned_response", "create_journey": "journey", "create_term": "term",
            "create_variable": "variable", "attach_retriever": "retriever", "attach_journey": "attach",
            "add_guideline": "guideline", "cannedresponse": "canned_response", "hooks": "on",
        ],
        hints: ["tool": VerbWording.moduleOnly("tool"), "tag": VerbWording.moduleOnly("tag")])

    private static let guideline = HandleSchema(
        fields: [id, title, condition, action],
        methods: verbs + [
            MethodSchema("retriever", .define(.retriever), "Adds grounding data for turns in which it applies.")
        ],
        translations: verbTranslations.merging(["attach_retriever": "retriever"]) { first, _ in first })

    private static let journey = HandleSchema(
        fields: [id, title],
        methods: [
            MethodSchema("guideline", .define(.guideline), "Adds a rule that counts while the journey is active."),
            MethodSchema("observation", .define(.observation), "Adds a fact that counts while the journey is active."),
            MethodSchema(
                "canned_response", .define(.cannedResponse), "Adds a reply that is offered while it is active."),
            MethodSchema("variable", .define(.variable), "Adds a value that is known while it is active."),
            MethodSchema("retriever", .define(.retriever), "Adds grounding data for turns in which it is active."),
        ] + verbs,
        translations: verbTranslations.merging([
            "create_guideline": "guideline", "create_observation": "observation",
            "create_canned_response": "canned_response", "create_variable": "variable",
            "attach_retriever": "retriever",
        ]) { first, _ in first },
        hints: [
            "initial_state": JourneyWording.drawnAtOnce, "transition_to": JourneyWording.drawnAtOnce,
            "fork": JourneyWording.drawnAtOnce, "states": JourneyWording.drawnAtOnce,
            "create_transition": JourneyWording.drawnAtOnce, "term": VerbWording.agentOnly("term"),
        ])

    private static let variable = HandleSchema(
        fields: [id, name],
        methods: [
            MethodSchema("set_default", .setDefault, "Gives the value for everybody who has no other."),
            MethodSchema("set_for", .setFor, "Gives the value for a customer, or for all customers with a tag."),
        ],
        translations: [
            "set_global_value": "set_default", "set_value_for_tag": "set_for", "set_value_for_customer": "set_for",
            "set": "set_for",
        ])
}

/// One method of a handle.
struct MethodSchema: Sendable {
    /// What it takes and does. All but ``define(_:)`` return the handle before the colon.
    enum Form: Sendable {
        /// Takes one table, adds what it says and returns its handle.
        case define(EntityKind)
        /// Takes handles: one list where ``RelationVerb/takesList``, else one after the other.
        case relate(RelationVerb)
        /// Takes journeys.
        case attach
        /// Takes the name of a step and a function.
        case on
        /// Takes a value.
        case setDefault
        /// Takes a tag or a customer, and a value.
        case setFor
    }

    var name: String
    var form: Form
    /// One sentence for editor types.
    var doc: String

    init(_ name: String, _ form: Form, _ doc: String) {
        self.name = name
        self.form = form
        self.doc = doc
    }

    /// Parameters and results as editor types write them.
    var signature: String {
        switch form {
        case .define(let kind): "fun(self, spec: \(kind.luaName)Spec): \(kind.luaName)"
        case .relate(let verb):
            verb.takesList
                ? "fun(self, targets: (\(Self.union(verb.targets)))[]): self"
                : "fun(self, ...: \(Self.union(verb.targets))): self"
        case .attach: "fun(self, ...: parlant.Journey): self"
        case .on: "fun(self, step: parlant.HookStep, handler: fun(ctx, event): parlant.HookVerdict): self"
        case .setDefault: "fun(self, value: any): self"
        case .setFor: "fun(self, whom: parlant.Tag|parlant.Customer, value: any): self"
        }
    }

    private static func union(_ kinds: [EntityKind]) -> String { kinds.map(\.luaName).joined(separator: "|") }
}
