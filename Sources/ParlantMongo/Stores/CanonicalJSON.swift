import ParlantCore

/// One text for all values that JSON calls equal, so that an index finds them by it: keys sorted, whole numbers without
/// fraction.
enum CanonicalJSON {
    /// The member of an object as it stands in an index.
    static func member(_ key: String, _ value: JSONValue) -> BSONValue {
        .string("\(JSONValue.string(key)):\(canonical(value))")
    }

    /// All members of an object.
    static func members(_ object: JSONObject) -> BSONValue {
        .array(object.map { member($0.key, $0.value) })
    }

    private static func canonical(_ value: JSONValue) -> JSONValue {
        switch value {
        case .number(let number): Int64(exactly: number).map(JSONValue.integer) ?? value
        case .array(let elements): .array(elements.map(canonical))
        case .object(let members):
            .object(JSONObject(uniqueKeysWithValues: members.sorted { $0.key < $1.key }.map { ($0, canonical($1)) }))
        default: value
        }
    }
}
