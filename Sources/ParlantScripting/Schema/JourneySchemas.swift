extension RecordSchema {
    /// `agent:journey { … }` and `parlant.journey { … }`
    static let journey = RecordSchema(
        fields: [
            FieldSchema("id", .shortText(1...255), default: "derived from the title", "Stable identity."),
            FieldSchema("title", .shortText(1...100), required: true, "Short name for people."),
            FieldSchema("description", .text, required: true, "What the journey is for."),
            FieldSchema(
                "triggers", .list(.either([.handle([.observation]), .text])), required: true,
                "When it begins: conditions, or observations."),
            FieldSchema("start", .text, required: true, "Name of the state in which it begins."),
            FieldSchema("states", .states(.state), required: true, "The drawing: states by name."),
            FieldSchema(
                "composition_mode", .choice(["fluid", "composited", "strict"]), default: "the agent's",
                "Mode of replies while it is active."),
            FieldSchema(
                "priority", .integer(-1_000_000...1_000_000), default: "0",
                "Of all that applies only the highest stays, with what it depends on; all of the journey has it."
            ),
            FieldSchema("tags", .list(.handle([.tag])), "For relationships."),
            FieldSchema("labels", .list(.text), "Put on the session while it is active."),
            FieldSchema(
                "on_selected", .function("fun(ctx)"), "Runs when it is active, before the message is written."),
            FieldSchema("on_message", .function("fun(ctx)"), "Runs after a message of it was sent."),
        ],
        foreign: [
            "conditions": Wording.calledHere("triggers"), "condition": Wording.calledHere("triggers"),
            "name": Wording.calledHere("title"), "initial_state": Wording.calledHere("start"),
            "transitions": JourneyWording.waysInStates,
        ])

    /// One value of a journey's `states`. Exactly one of `chat`, `tool` (or `tools`), `fork` and `journey` tells the
    /// kind.
    static let state = RecordSchema(
        fields: [
            FieldSchema("chat", .text, "The agent talks, for as many turns as it takes; says what it does."),
            FieldSchema("tool", .handle([.tool]), "Calls the tool, then goes on to a chat or a fork."),
            FieldSchema("tools", .list(.handle([.tool])), "Calls the tools that are needed, then goes on."),
            FieldSchema("fork", .list(.record(.wayOut)), "Only chooses; two ways out or more."),
            FieldSchema("journey", .handle([.journey]), "Goes through another journey of the agent, then goes on."),
            FieldSchema("instruction", .text, "How a tool is called."),
            FieldSchema(
                "next", .either([.text, .handle([.end]), .list(.record(.wayOut))]), default: "the journey ends here",
                "Where to: the name of a state, or ways out, of which the first that holds is taken."),
            FieldSchema("description", .text, "Background for the model."),
            FieldSchema(
                "composition_mode", .choice(["fluid", "composited", "strict"]), default: "the journey's",
                "Mode of replies in this state."),
            FieldSchema(
                "canned_responses", .list(.either([.handle([.cannedResponse]), .text])), "Offered in this state."),
            FieldSchema("canned_response_fields", .function("fun(ctx): table"), "Values for their placeholders."),
            FieldSchema(
                "on_selected", .function("fun(ctx)"), "Runs when it was selected, before the message is written."),
            FieldSchema("on_message", .function("fun(ctx)"), "Runs after the message was sent."),
            FieldSchema("labels", .list(.text), "Put on the session in this state."),
            FieldSchema("metadata", .jsonObject, "For you."),
        ],
        foreign: [
            "chat_state": Wording.calledHere("chat"), "tool_state": Wording.calledHere("tool"),
            "tool_instruction": Wording.calledHere("instruction"), "action": Wording.calledHere("chat"),
            "transition_to": Wording.calledHere("next"), "transitions": Wording.calledHere("next"),
            "to": Wording.calledHere("next"),
        ])

    /// One way out of a state.
    static let wayOut = RecordSchema(
        fields: [
            FieldSchema("condition", .text, required: true, "When it is taken, one sentence."),
            FieldSchema(
                "to", .either([.text, .handle([.end])]), required: true, "Name of a state, or `parlant.END`."),
        ],
        foreign: ["next": Wording.calledHere("to"), "target": Wording.calledHere("to")])
}
