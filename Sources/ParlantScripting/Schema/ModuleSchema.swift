/// What `require "parlant"` offers, in the order of the manual.
struct ModuleSchema: Sendable {
    /// One word of the module.
    struct Member: Sendable {
        enum Form: Sendable {
            /// Takes one table and returns a handle.
            case define(EntityKind)
            /// A function of its own; the text is its signature in editor types.
            case function(String)
            /// A value; the text is its type in editor types.
            case value(String)
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
    }

    static let members = [
        Member("agent", .define(.agent), "Makes an agent: who talks to customers."),
        Member("tool", .define(.tool), "Makes a tool: what agents can do."),
        Member("journey", .define(.journey), "Makes a journey for `agent:attach`, in a file of its own."),
        Member(
            "tag", .function("fun(name: string): parlant.Tag"), "The tag of this name; the same name is the same tag."),
        Member(
            "customer", .define(.customer), "Makes sure that the customer exists; one that is there stays as it is."),
        Member("plugin", .define(.plugin), "Makes a plugin: tools, hooks and providers for all agents."),
        Member(
            "result", .function("fun(spec: parlant.ResultSpec): parlant.Result"),
            "What a tool or a retriever returns when it has more to say than its data."),
        Member(
            "any_of", .function("fun(tag: parlant.Tag): parlant.any_of"),
            "The tag as a target of which one with it is enough."),
        Member(
            "all_of", .function("fun(tag: parlant.Tag): parlant.all_of"),
            "The tag as a target of which all with it must apply, as a bare tag says too."),
        Member("match_always", .value("parlant.match_always"), "A matcher that always holds."),
        Member("END", .value("parlant.END"), "Where a way out leads that ends its journey."),
        Member("null", .value("parlant.null"), "JSON's null, which is not absent."),
        Member("tags", .value("{ preamble: parlant.Tag }"), "Tags that mean something to the engine."),
    ]

    /// Words of other systems, with ours.
    static let translations = [
        "create_agent": "agent", "create_tag": "tag", "create_customer": "customer", "ToolResult": "result",
        "MATCH_ALWAYS": "match_always", "Tool": "tool", "Agent": "agent", "Customer": "customer", "Tag": "tag",
        "Plugin": "plugin", "END_JOURNEY": "END", "AnyOf": "any_of", "AllOf": "all_of", "create_journey": "journey",
        "Journey": "journey",
    ]

    /// Words that are methods of handles, each with the sentence that helps.
    static let hints: [String: String] = {
        var hints = ["on": VerbWording.agentOnly("on"), "variable": VerbWording.agentOnly("variable")]
        for kind in EntityKind.allCases where kind.isPart {
            hints[kind.rawValue] = VerbWording.agentOnly(kind.rawValue)
        }
        return hints
    }()
}
