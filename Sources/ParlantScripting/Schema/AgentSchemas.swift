import ParlantCore

extension RecordSchema {
    /// `parlant.agent { … }`
    static let agent = RecordSchema(
        fields: [
            FieldSchema("id", .shortText(1...255), default: "name of the bundle", "Stable identity, used in URLs."),
            FieldSchema("name", .shortText(1...100), required: true, "What customers see."),
            FieldSchema(
                "description", .text, required: true,
                "Who the agent is and how it speaks; the model reads it in every turn."),
            FieldSchema(
                "composition_mode", .choice(["fluid", "composited", "strict"]), default: "\"fluid\"",
                "How far replies may leave the canned responses."),
            FieldSchema(
                "output_mode", .choice(["block", "stream"]), default: "\"block\"",
                "Whole replies, or piece by piece; \"stream\" needs \"fluid\"."),
            FieldSchema(
                "max_engine_iterations", .integer(1...100), default: "3",
                "Rounds of matching and tool calls per turn."),
            FieldSchema(
                "double_text", .choice(DoubleText.allCases.map(\.rawValue)), default: "\"interrupt\"",
                "What happens to a message that comes while the agent answers an earlier one: the answer is given up and "
                    + "both get one; each gets its own; the answer is finished and the rest get one together; it is "
                    + "refused."),
            FieldSchema("preamble", .record(.preamble), default: "none", "How the quick first words sound."),
            FieldSchema(
                "pacing", .choice(["default", "none", "voice"]), default: "\"none\"",
                "How the time until a reply is filled: quick first words and typing pauses (\"default\", which a `preamble` "
                    + "implies), nothing, or first words at once (\"voice\")."),
            FieldSchema(
                "memory", .record(.memory), default: "neither",
                "Whether conversations are remembered, and brought into later ones; both need a language model."),
            FieldSchema("tags", .list(.handle([.tag])), "Groups of the agent."),
            FieldSchema("config", .parameters(.setting), "Settings that the server supplies; read as `ctx.config`."),
        ],
        foreign: ["instructions": Wording.calledHere("description"), "prompt": Wording.calledHere("description")])

    /// `scope:guideline { … }`, where a scope is an agent or a journey.
    static let guideline = RecordSchema(
        fields: guidelineFields + [
            FieldSchema(
                "action", .text,
                "What the agent then does, in the imperative; may be absent for a guideline with tools."),
            FieldSchema("on_message", .function("fun(ctx, match)"), "Runs after the message was sent."),
        ],
        foreign: ["conditions": Wording.calledHere("condition"), "actions": Wording.calledHere("action")])

    /// `scope:observation { … }`
    static let observation = RecordSchema(
        fields: guidelineFields,
        foreign: ["action": Wording.observationAction, "on_message": Wording.observationOnMessage])

    private static let guidelineFields: [FieldSchema] = [
        FieldSchema(
            "id", .shortText(1...255), default: "derived from the agent, the condition and the action",
            "Stable identity."),
        FieldSchema("title", .text, "Short name for people."),
        FieldSchema("condition", .text, "When it applies, one sentence; required unless there is a `matcher`."),
        FieldSchema("description", .text, "Background for the model."),
        FieldSchema("examples", .list(.text), "Customer messages on which the condition holds."),
        FieldSchema("tools", .list(.handle([.tool])), "Tools that may run while it applies."),
        FieldSchema(
            "criticality", .choice(["low", "medium", "high"]), default: "\"medium\"",
            "Care spent on matching and on keeping it."),
        FieldSchema(
            "priority", .integer(-1_000_000...1_000_000), default: "0",
            "Of all that applies only the highest stays, with what it depends on."),
        FieldSchema(
            "matcher", .either([.function("fun(ctx, guideline): boolean, string?"), .handle([.matchAlways])]),
            default: "the model", "Decides in code; the second result is the reason."),
        FieldSchema(
            "canned_responses", .list(.either([.handle([.cannedResponse]), .text])), "Offered while it applies."),
        FieldSchema("canned_response_fields", .function("fun(ctx): table"), "Values for their placeholders."),
        FieldSchema(
            "composition_mode", .choice(["fluid", "composited", "strict"]), default: "the agent's",
            "Mode of replies while it applies."),
        FieldSchema(
            "on_selected", .function("fun(ctx, match)"), "Runs after it was selected, before the message is written."),
        FieldSchema("track", .boolean, default: "true", "Remembers that it was already followed."),
        FieldSchema("tags", .list(.handle([.tag])), "For relationships."),
        FieldSchema("labels", .list(.text), "For filters."),
        FieldSchema("metadata", .jsonObject, "For you."),
    ]

    /// `scope:canned_response { … }`
    static let cannedResponse = RecordSchema(
        fields: [
            FieldSchema(
                "id", .shortText(1...255), default: "derived from the agent and the template", "Stable identity."),
            FieldSchema("template", .text, required: true, "Text with `{{placeholders}}`."),
            FieldSchema("signals", .list(.text), "Drafts that this response stands for."),
            FieldSchema(
                "field_dependencies", .list(.text), "Fields that must have a value, beyond those of the template."),
            FieldSchema("tags", .list(.handle([.tag])), "`parlant.tags.preamble` makes it a preamble."),
            FieldSchema("metadata", .jsonObject, "For you."),
        ],
        foreign: ["text": Wording.calledHere("template"), "value": Wording.calledHere("template")])

    /// `parlant.customer { … }`
    static let customer = RecordSchema(
        fields: [
            FieldSchema("id", .shortText(1...255), required: true, "Your id of the customer."),
            FieldSchema("name", .shortText(1...100), required: true, "What people call them."),
            FieldSchema(
                "about", .shortText(1...KnowledgeLimits().aboutLength), default: "nothing is known",
                "Who this is; the model reads it in every turn."),
            FieldSchema("documents", .list(.record(.document)), "What agents look things up in for this customer."),
            FieldSchema("metadata", .jsonObject, "Whatever you keep with them."),
            FieldSchema("tags", .list(.handle([.tag])), "Groups of the customer."),
        ])

    /// One of the `documents` of a customer.
    static let document = RecordSchema(
        fields: [
            FieldSchema(
                "title", .shortText(1...KnowledgeLimits().titleLength), required: true, "What it is: \"Blood test\"."),
            FieldSchema(
                "content", .either([.text, .list(.text)]), required: true,
                "What it says: a text, or a list of texts that belong together."),
            FieldSchema("metadata", .jsonObject, "For you."),
        ],
        foreign: ["text": Wording.calledHere("content"), "name": Wording.calledHere("title")])
}
