public import OrderedCollections
public import ParlantCore

extension Agent: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var fields: JSONObject = ["id": .string(id.rawValue), "name": .string(name)]
        fields.put("description", description)
        fields["max_engine_iterations"] = .integer(Int64(maxEngineIterations))
        fields.put("composition_mode", compositionMode)
        fields.put("output_mode", outputMode)
        if let preamble {
            var words: JSONObject = [:]
            words.put("examples", preamble.examples)
            words.put("instructions", preamble.instructions)
            fields["preamble"] = .object(words)
        }
        fields.put("pacing", pacing)
        fields.put("double_text", doubleText)
        if memory != MemoryUse() {
            fields["memory"] = ["remember": .boolean(memory.remember), "recall": .boolean(memory.recall)]
        }
        fields.put("tags", tags)
        fields.put("location", location)
        return fields
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        var preamble: Preamble?
        if fields.has("preamble") {
            let words = try fields.object("preamble")
            preamble = Preamble(
                examples: try words.strings("examples"), instructions: try words.strings("instructions"))
        }
        var memory = MemoryUse()
        if fields.has("memory") {
            let use = try fields.object("memory")
            memory = MemoryUse(remember: try use.flag("remember"), recall: try use.flag("recall"))
        }
        self.init(
            id: try fields.id("id"), name: try fields.string("name"),
            description: try fields.optionalString("description"),
            maxEngineIterations: try fields.integer("max_engine_iterations", in: 0...Int.max),
            compositionMode: try fields.choice("composition_mode"), outputMode: try fields.choice("output_mode"),
            preamble: preamble, pacing: try fields.choice("pacing"), doubleText: try fields.choice("double_text"),
            memory: memory, tags: OrderedSet(try fields.ids("tags")), location: try fields.location())
    }
}

extension Capability: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var fields: JSONObject = [
            "id": .string(id.rawValue), "title": .string(title), "description": .string(description),
        ]
        fields.put("signals", signals)
        fields.put("tags", tags)
        return fields
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            id: try fields.id("id"), title: try fields.string("title"), description: try fields.string("description"),
            signals: try fields.strings("signals"), tags: OrderedSet(try fields.ids("tags")))
    }
}

extension Term: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var fields: JSONObject = [
            "id": .string(id.rawValue), "name": .string(name), "description": .string(description),
        ]
        fields.put("synonyms", synonyms)
        fields.put("tags", tags)
        fields.put("location", location)
        return fields
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            id: try fields.id("id"), name: try fields.string("name"), description: try fields.string("description"),
            synonyms: OrderedSet(try fields.strings("synonyms")), tags: OrderedSet(try fields.ids("tags")),
            location: try fields.location())
    }
}

extension ToolService: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var fields: JSONObject = ["id": .string(id.rawValue), "url": .string(url)]
        fields.put("kind", kind)
        fields.put("source", source)
        fields.put("location", location)
        return fields
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            id: try fields.id("id"), kind: try fields.choice("kind"), url: try fields.string("url"),
            source: try fields.optionalString("source"), location: try fields.location())
    }
}
