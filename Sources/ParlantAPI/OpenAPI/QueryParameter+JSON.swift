import ParlantCore

extension QueryReader.Parameter {
    /// The parameter in the words of OpenAPI.
    func json(_ components: inout JSONObject) -> JSONValue {
        var schema = schema.json(&components)
        schema["default"] = fallback
        var json: JSONObject = ["name": .string(name), "in": "query", "required": .boolean(isRequired)]
        switch style {
        case .plain: break
        case .repeated: json["explode"] = true
        case .commas: json["explode"] = false
        case .json:
            json["content"] = ["application/json": ["schema": .object(schema)]]
            return .object(json)
        }
        json["schema"] = .object(schema)
        return .object(json)
    }
}
