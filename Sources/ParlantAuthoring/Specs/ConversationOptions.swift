import LuaRuntime
import ParlantCore
import ParlantScripting

/// Reads the table of `test.conversation`.
struct ConversationOptions {
    static let names = ["agent", "config", "customer", "matching", "now", "variables"]
    let definitions: SpecDefinitions

    /// - Throws: `HostError` for options that do not exist or have another shape.
    func read(_ value: LuaValue) throws -> SpecRun.Options {
        guard let fields = value.fields else { throw HostError(SpecWording.conversationTable) }
        for field in fields where !Self.names.contains(field.key) {
            throw HostError(SpecWording.unknownOption(field.key, Self.names))
        }
        let given = Dictionary(fields.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        guard let agent = given["agent"] else { throw HostError(SpecWording.noAgent) }
        var options = SpecRun.Options(agent: AgentID(try id(of: agent, "agent")))
        if let customer = given["customer"] { try read(customer: customer, into: &options) }
        if let now = given["now"] {
            guard let moment = now.text.flatMap({ Timestamp($0) }) else { throw HostError(SpecWording.moment) }
            options.now = moment
        }
        if let config = given["config"] {
            guard config.fields != nil, let settings = JSONValue(config) else {
                throw fault("config", "a table of settings by name", config)
            }
            options.settings = settings.object ?? [:]
        }
        if let variables = given["variables"] {
            guard variables.fields != nil, let values = JSONValue(variables) else {
                throw fault("variables", "a table of values by name", variables)
            }
            options.variables = values.object ?? [:]
        }
        if let matching = given["matching"] {
            guard let word = matching.text, ["script", "words"].contains(word) else {
                throw fault("matching", "\"script\" or \"words\"", matching)
            }
            options.matchesByWords = word == "words"
        }
        return options
    }

    private func id(of value: LuaValue, _ kind: String) throws -> String {
        if let id = value.text { return id }
        if let subject = value.handle.flatMap(definitions.subject), subject.kind == kind { return subject.id }
        throw HostError("test.conversation: \(SpecWording.expectedSubject("the \(kind)", definitions.show(value)))")
    }

    private func fault(_ field: String, _ expected: String, _ value: LuaValue) -> HostError {
        HostError("test.conversation: \(field): \(SpecWording.expected(expected, got: definitions.show(value)))")
    }

    private func read(customer value: LuaValue, into options: inout SpecRun.Options) throws {
        guard let fields = value.fields else {
            options.knownCustomer = CustomerID(try id(of: value, "customer"))
            return
        }
        var draft = CustomerDraft(id: "test_customer", name: "Customer")
        for field in fields {
            switch field.key {
            case "id":
                guard let id = field.value.text, !id.isEmpty else {
                    throw fault("customer.id", "a string", field.value)
                }
                draft.id = CustomerID(id)
            case "name":
                guard let name = field.value.text, !name.isEmpty else {
                    throw fault("customer.name", "a string", field.value)
                }
                draft.name = name
            case "about":
                guard let about = field.value.text, !about.isEmpty else {
                    throw fault("customer.about", "a string", field.value)
                }
                draft.about = about
            case "metadata":
                guard field.value.fields != nil, let metadata = JSONValue(field.value) else {
                    throw fault("customer.metadata", "a table with named fields", field.value)
                }
                draft.metadata = metadata.object ?? [:]
            case "tags":
                for tag in field.value.items ?? [.nil] {
                    guard let name = tag.text ?? tag.handle.flatMap(definitions.subject)?.id else {
                        throw fault("customer.tags", "a list of tags or names", tag)
                    }
                    options.customerTags.append(name)
                }
            default:
                let names = ["about", "id", "metadata", "name", "tags"]
                throw HostError(SpecWording.unknownOption("customer.\(field.key)", names.map { "customer.\($0)" }))
            }
        }
        options.customer = draft
    }
}
