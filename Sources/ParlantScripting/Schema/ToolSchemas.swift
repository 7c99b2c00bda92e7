extension RecordSchema {
    /// `parlant.tool { … }`
    static let tool = RecordSchema(
        fields: [
            FieldSchema("name", .name, required: true, "Name by which the model calls it."),
            FieldSchema("description", .text, required: true, "What it does; the model decides by it."),
            FieldSchema("parameters", .parameters(.parameter), "In the order in which a person would be asked."),
            FieldSchema("run", .function("fun(ctx, args): parlant.Result|any"), required: true, "Does the work."),
            FieldSchema("consequential", .boolean, default: "false", "Has an effect that cannot be undone."),
            FieldSchema(
                "overlap", .choice(["auto", "none", "always"]), default: "\"auto\"",
                "Whether it is judged together with similar tools."),
            FieldSchema("timeout", .number(above: 0), default: "30", "Seconds for the whole call, waiting included."),
            FieldSchema("metadata", .jsonObject, "For you."),
        ],
        foreign: [
            "params": Wording.calledHere("parameters"), "arguments": Wording.calledHere("parameters"),
            "func": Wording.calledHere("run"), "handler": Wording.calledHere("run"),
        ])

    /// One entry of a tool's `parameters`.
    static let parameter = RecordSchema(
        fields: valueFields + [
            FieldSchema("significance", .text, "Why it is needed."),
            FieldSchema("display_name", .text, default: "the name with spaces", "Its name for customers."),
            FieldSchema(
                "choices", .either([.list(.json), .function("fun(ctx): list")]), default: "any", "Allowed values."),
            FieldSchema(
                "source", .choice(ToolParameterWords.sources), default: "\"any\"", "Where the value may come from."),
            FieldSchema(
                "precedence", .integer(-1_000_000...1_000_000), default: "its position",
                "Which missing one is asked for first; lower first."),
            FieldSchema("hidden", .boolean, default: "false", "Never mentioned to the customer."),
            FieldSchema(
                "validate", .function("fun(ctx, value): boolean, string?"), "Last word; the string is the reason."),
            FieldSchema(
                "adapter", .function("fun(ctx, value): any"), "Turns the checked value into what `run` wants."),
        ],
        foreign: [
            "secret": Wording.secretParameter, "optional": Wording.optionalParameter,
            "enum": Wording.calledHere("choices"), "min": Wording.calledHere("minimum"),
            "max": Wording.calledHere("maximum"),
        ])

    /// One entry of an agent's or a plugin's `config`.
    static let setting = RecordSchema(
        fields: valueFields + [
            FieldSchema("choices", .list(.json), default: "any", "Allowed values."),
            FieldSchema("secret", .boolean, default: "false", "Never logged, never sent to a model."),
        ],
        foreign: [
            "validate": Wording.settingFunction, "adapter": Wording.settingFunction,
            "optional": Wording.optionalParameter,
        ])

    private static let valueFields: [FieldSchema] = [
        FieldSchema("name", .name, required: true, "Name of the value."),
        FieldSchema("type", .choice(ToolParameterWords.kinds), required: true, "What values look like."),
        FieldSchema("description", .text, "What it is."),
        FieldSchema("examples", .list(.json), "Sample values."),
        FieldSchema("required", .boolean, default: "true", "Whether there must be a value."),
        FieldSchema("default", .json, "Taken when no value is given; makes it optional."),
        FieldSchema("minimum", .anyNumber, "Least value, for `number`, `integer`, `timedelta`."),
        FieldSchema("maximum", .anyNumber, "Greatest value, for `number`, `integer`, `timedelta`."),
        FieldSchema("min_length", .integer(0...Int64(Int32.max)), "Least bytes of a string or items of an array."),
        FieldSchema("max_length", .integer(0...Int64(Int32.max)), "Most bytes of a string or items of an array."),
        FieldSchema("items", .choice(ToolParameterWords.kinds), "Type of the items of an array."),
    ]

    /// `parlant.result { … }`
    static let result = RecordSchema(
        fields: [
            FieldSchema("data", .json, required: true, "What the model sees."),
            FieldSchema("metadata", .jsonObject, "What only your front end sees."),
            FieldSchema("control", .record(.control), "What happens to the session and to the result."),
            FieldSchema("canned_responses", .list(.text), "Templates that are offered for this reply."),
            FieldSchema("canned_response_fields", .jsonObject, "Values for placeholders."),
            FieldSchema("guidelines", .list(.record(.transientGuideline)), "Rules for this reply only."),
        ])

    /// The `control` of a result.
    static let control = RecordSchema(
        fields: [
            FieldSchema("mode", .choice(["auto", "manual"]), "\"manual\" stops automatic replies."),
            FieldSchema(
                "lifespan", .choice(["response", "session"]), default: "\"session\"",
                "\"response\" forgets the result after this reply."),
        ])

    /// A rule of a result.
    static let transientGuideline = RecordSchema(
        fields: [
            FieldSchema("action", .text, required: true, "What the agent does."),
            FieldSchema("condition", .text, default: "always", "When."),
            FieldSchema("criticality", .choice(["low", "medium", "high"]), default: "\"medium\"", "Care spent on it."),
            FieldSchema("priority", .integer(-1_000_000...1_000_000), default: "0", "Higher wins."),
            FieldSchema("description", .text, "Background for the model."),
        ])
}
