extension RecordSchema {
    /// `agent:term { … }`
    static let term = RecordSchema(
        fields: [
            FieldSchema("name", .shortText(1...100), required: true, "The word."),
            FieldSchema("description", .text, required: true, "What it means here."),
            FieldSchema("synonyms", .list(.text), "Other words for the same."),
        ])

    /// `agent:variable { … }` and `journey:variable { … }`
    static let variable = RecordSchema(
        fields: [
            FieldSchema(
                "name", .name, required: true, "Read as `ctx.variables.name` and `{{std.variables.name}}`."),
            FieldSchema("description", .text, "What the value says."),
            FieldSchema("tool", .handle([.tool]), "Fills the value; a tool without required parameters."),
            FieldSchema(
                "freshness", .cron, default: "every turn", "When the tool's value is old: cron, five fields, UTC."),
        ],
        foreign: [
            "freshness_rules": Wording.calledHere("freshness"), "value": VerbWording.valueOfVariable,
            "default": VerbWording.valueOfVariable,
        ])

    /// `scope:retriever { … }`
    static let retriever = RecordSchema(
        fields: [
            FieldSchema(
                "id", .shortText(1...255), default: "derived; needed for the second one of its owner",
                "Stable identity."),
            FieldSchema(
                "run", .function("fun(ctx): any|(fun(ctx: parlant.DeferredRetrieverContext): any)"), required: true,
                "Brings grounding data: a result, nothing, or a function that is called when the reply is about to be "
                    + "written and knows `ctx.matches`."),
        ],
        foreign: ["func": Wording.calledHere("run"), "retriever": Wording.calledHere("run")])

    /// The `memory` of an agent.
    static let memory = RecordSchema(
        fields: [
            FieldSchema(
                "remember", .boolean, default: "false",
                "Notes are taken of what customers say, after a conversation pauses."),
            FieldSchema("recall", .boolean, default: "false", "Notes of earlier conversations come into later ones."),
        ])

    /// The `preamble` of an agent.
    static let preamble = RecordSchema(
        fields: [
            FieldSchema("examples", .list(.text), "First words as they should sound."),
            FieldSchema("instructions", .list(.text), "Rules for the first words."),
        ])
}
