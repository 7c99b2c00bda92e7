import ParlantCore

extension RecordSchema {
    /// `parlant.plugin { … }`
    static let plugin = RecordSchema(
        fields: [
            FieldSchema("name", .name, required: true, "Name of the plugin; equals its folder or file."),
            FieldSchema("version", .text, required: true, "Version, as in \"1.0.0\"."),
            FieldSchema("description", .text, "What the plugin does, one sentence."),
            FieldSchema(
                "config", .parameters(.setting),
                "Settings that the server supplies, checked before `load`; read as "
                    + "`ctx.config`."),
            FieldSchema("tools", .list(.handle([.tool])), "Tools for agents, as `require \"name\".tools.tool_name`."),
            FieldSchema("hooks", .record(.hooks), "Handlers by step, for every agent of the server."),
            FieldSchema(
                "load", .function("fun(ctx)"), "Runs when a generation starts, with the state that the last one saved."),
            FieldSchema(
                "unload", .function("fun(ctx)"),
                "Runs when a generation is replaced, when the plugin is removed and when the server stops."),
            FieldSchema(
                "save", .function("fun(ctx): table"), "What it returns becomes `ctx.state` of the next generation."),
            FieldSchema("nlp", .record(.languageModel), "A provider of language models."),
            FieldSchema("customer_store", .record(.customerStore), "Keeps the customers, over any service."),
        ])

    /// The `hooks` of a plugin: the steps of `agent:on`.
    static let hooks = RecordSchema(
        fields: HookStep.allCases.map { step in
            FieldSchema(step.rawValue, .function("fun(ctx, event): parlant.HookVerdict"), "Runs at \(step.moment).")
        })

    /// The `nlp` of a plugin.
    static let languageModel = RecordSchema(
        fields: [
            FieldSchema(
                "generate", .function("fun(ctx, request): parlant.Generation?, parlant.Error?"), required: true,
                "Completes `request.prompt`; JSON when there is a `request.schema`."),
            FieldSchema(
                "stream", .function("fun(ctx, request, emit): parlant.Generation?, parlant.Error?"),
                "As `generate`, but hands over each piece with `emit(piece)`."),
            FieldSchema(
                "embed", .function("fun(ctx, texts): number[][]?, parlant.Error?"), required: true,
                "Turns texts into vectors of `dimensions` numbers."),
            FieldSchema(
                "moderate", .function("fun(ctx, text): parlant.Moderation?, parlant.Error?"),
                "Says whether a text is acceptable."),
            FieldSchema(
                "count_tokens", .function("fun(ctx, text): integer"), default: "bytes / 4", "Counts tokens of a text."),
            FieldSchema(
                "max_tokens", .integer(1...Int64(Int32.max)), required: true,
                "Context window of the generation model, in tokens."),
            FieldSchema(
                "dimensions", .integer(1...65536), required: true, "Length of one embedding vector."),
        ])

    /// The `customer_store` of a plugin. Without `create`, `update` or `delete` customers cannot be changed over REST.
    static let customerStore = RecordSchema(
        fields: [
            FieldSchema(
                "find", .function("fun(ctx, id): parlant.CustomerRecord?, parlant.Error?"), required: true,
                "The customer of this id; nothing when there is none."),
            FieldSchema(
                "list", .function("fun(ctx, query): parlant.CustomerPage?, parlant.Error?"),
                "One page of customers."),
            FieldSchema(
                "create", .function("fun(ctx, draft): parlant.CustomerRecord?, parlant.Error?"),
                "Creates a customer."),
            FieldSchema(
                "update", .function("fun(ctx, id, change): parlant.CustomerRecord?, parlant.Error?"),
                "Changes a customer."),
            FieldSchema("delete", .function("fun(ctx, id): boolean?, parlant.Error?"), "Deletes a customer."),
            FieldSchema(
                "cache_seconds", .nonNegative, default: "0", "Seconds for which what `find` returned is kept."),
        ])
}

extension HookStep {
    /// The moment in words, for editor types.
    var moment: String {
        switch self {
        case .acknowledging: "the start of a turn, before it is acknowledged"
        case .acknowledged: "the acknowledgement of a turn"
        case .generatingPreamble: "the start of the quick first words"
        case .preambleGenerated: "the quick first words, before they are sent"
        case .preambleEmitted: "the quick first words, after they were sent"
        case .preparing: "the start of the preparation"
        case .preparationIterationStart: "the start of each round of matching and tool calls"
        case .preparationIterationEnd: "the end of each round of matching and tool calls"
        case .generatingMessages: "the start of writing"
        case .draftGenerated: "the draft, before canned responses are looked at"
        case .messageGenerated: "each message, before it is sent"
        case .messagesEmitted: "the end of the turn, after all messages were sent"
        case .error: "the failure of a turn"
        }
    }
}
