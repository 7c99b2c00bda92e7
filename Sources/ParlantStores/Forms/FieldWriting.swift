import ParlantCore

extension JSONObject {
    /// A list of texts; left out when it is empty.
    mutating func put(_ key: String, _ texts: some Collection<String>) {
        if !texts.isEmpty { self[key] = .array(texts.map(JSONValue.string)) }
    }

    /// A list of ids; left out when it is empty.
    mutating func put<Entity>(_ key: String, _ ids: some Collection<Identifier<Entity>>) {
        put(key, ids.map(\.rawValue))
    }

    /// A list of objects; left out when it is empty.
    mutating func put(_ key: String, _ objects: some Collection<JSONObject>) {
        if !objects.isEmpty { self[key] = .array(objects.map(JSONValue.object)) }
    }

    /// Any JSON object; left out when it is empty.
    mutating func put(_ key: String, _ object: JSONObject) {
        if !object.isEmpty { self[key] = .object(object) }
    }

    /// A text; left out when there is none.
    mutating func put(_ key: String, _ text: String?) {
        if let text { self[key] = .string(text) }
    }

    /// A raw value; left out when there is none.
    mutating func put<Choice: RawRepresentable<String>>(_ key: String, _ choice: Choice?) {
        if let choice { self[key] = .string(choice.rawValue) }
    }

    /// Raw values in an order that is always the same; left out when there are none.
    mutating func put<Choice: RawRepresentable<String>>(_ key: String, _ choices: Set<Choice>) {
        put(key, choices.map(\.rawValue).sorted())
    }

    /// A whole number; left out when it is the usual one.
    mutating func put(_ key: String, _ number: Int, unless usual: Int) {
        if number != usual { self[key] = .integer(Int64(number)) }
    }

    /// A truth; left out when it is false.
    mutating func put(_ key: String, _ flag: Bool) {
        if flag { self[key] = true }
    }

    /// A moment.
    mutating func put(_ key: String, _ moment: Timestamp) { self[key] = .string(moment.description) }

    /// Where a script defines something; left out when none does.
    mutating func put(_ key: String, _ location: SourceLocation?) {
        guard let location else { return }
        self[key] = ["file": .string(location.file), "line": .integer(Int64(location.line))]
    }

    /// Tools by bundle and name; left out when there are none.
    mutating func put(_ key: String, _ tools: [ToolID]) { put(key, tools.map(\.members)) }
}

extension FieldReader {
    /// Where a script defines something; nil when none does.
    func location(_ key: String = "location") throws(StoredFormError) -> SourceLocation? {
        guard has(key) else { return nil }
        let place = try object(key)
        return SourceLocation(file: try place.string("file"), line: Int(try place.integer("line")))
    }

    func tools(_ key: String) throws(StoredFormError) -> [ToolID] {
        var tools: [ToolID] = []
        for tool in try objects(key) { tools.append(try ToolID(reading: tool)) }
        return tools
    }
}

extension ToolID {
    var members: JSONObject { ["service": .string(service), "name": .string(name)] }

    init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(service: try fields.string("service"), name: try fields.string("name"))
    }
}

extension Scope {
    /// What is left out for ``Scope/agent``.
    func put(into fields: inout JSONObject) {
        switch self {
        case .agent: break
        case .journey(let id): fields["scope"] = ["journey": .string(id.rawValue)]
        case .guideline(let id): fields["scope"] = ["guideline": .string(id.rawValue)]
        }
    }

    init(reading fields: FieldReader) throws(StoredFormError) {
        guard fields.has("scope") else {
            self = .agent
            return
        }
        let scope = try fields.object("scope")
        self = scope.has("journey") ? .journey(try scope.id("journey")) : .guideline(try scope.id("guideline"))
    }
}
