public import ParlantCore

/// Reads members of a stored object; what is missing or of another type is an error that names it.
public struct FieldReader: Sendable {
    private let object: JSONObject
    private let name: String
    /// Where the object lies in the whole form; empty for the whole form.
    private let path: String
    private let id: String?

    /// Reads the form of an entity.
    public init(_ object: JSONObject, of name: String) {
        self.init(object, of: name, id: object["id"]?.string, path: "")
    }

    private init(_ object: JSONObject, of name: String, id: String?, path: String) {
        self.object = object
        self.name = name
        self.id = id
        self.path = path
    }

    /// The entity in words: `the stored customer 'c1'`.
    public var subject: String { id.map { "the stored \(name) '\($0)'" } ?? "a stored \(name)" }

    /// Whether there is such a member that is not null.
    public func has(_ key: String) -> Bool { object[key].map { !$0.isNull } ?? false }

    public func value(_ key: String) throws(StoredFormError) -> JSONValue {
        guard let value = object[key] else { throw error(key, "is missing") }
        return value
    }

    public func string(_ key: String) throws(StoredFormError) -> String {
        guard let text = try value(key).string else { throw error(key, "is no text") }
        return text
    }

    public func integer(_ key: String) throws(StoredFormError) -> Int64 {
        guard let number = try value(key).integer else { throw error(key, "is no whole number") }
        return number
    }

    /// A whole number that is looked at before anybody calculates with it: one that was edited or damaged could end the
    /// process.
    public func integer(_ key: String, in range: ClosedRange<Int>) throws(StoredFormError) -> Int {
        let number = try integer(key)
        guard let number = Int(exactly: number), range.contains(number) else {
            throw error(key, "is \(number), and has to be \(Self.words(range))")
        }
        return number
    }

    /// A number of things, ``StoredCount/range``.
    public func count(_ key: String) throws(StoredFormError) -> Int { try integer(key, in: StoredCount.range) }

    /// Zero when it is missing or null.
    public func countOrZero(_ key: String) throws(StoredFormError) -> Int { has(key) ? try count(key) : 0 }

    /// False when it is missing.
    public func flag(_ key: String) throws(StoredFormError) -> Bool {
        guard has(key) else { return false }
        guard let flag = try value(key).boolean else { throw error(key, "is neither true nor false") }
        return flag
    }

    /// A moment as ISO 8601.
    public func moment(_ key: String) throws(StoredFormError) -> Timestamp {
        let text = try string(key)
        guard let moment = Timestamp(text) else { throw error(key, "is no moment: '\(text)'") }
        return moment
    }

    public func id<Entity>(_ key: String) throws(StoredFormError) -> Identifier<Entity> {
        Identifier(try string(key))
    }

    /// Nil when it is missing or null.
    public func optionalString(_ key: String) throws(StoredFormError) -> String? {
        has(key) ? try string(key) : nil
    }

    /// Nil when it is missing or null.
    public func optionalMoment(_ key: String) throws(StoredFormError) -> Timestamp? {
        has(key) ? try moment(key) : nil
    }

    public func number(_ key: String) throws(StoredFormError) -> Double {
        guard let number = try value(key).number else { throw error(key, "is no number") }
        return number
    }

    /// Nil when it is missing or null.
    public func optionalNumber(_ key: String) throws(StoredFormError) -> Double? {
        has(key) ? try number(key) : nil
    }

    /// Nil when it is missing or null.
    public func optionalID<Entity>(_ key: String) throws(StoredFormError) -> Identifier<Entity>? {
        has(key) ? try id(key) : nil
    }

    /// `usual` when it is missing or null.
    public func integer(_ key: String, or usual: Int64) throws(StoredFormError) -> Int64 {
        has(key) ? try integer(key) : usual
    }

    /// An object of any JSON; empty when it is missing.
    public func json(_ key: String) throws(StoredFormError) -> JSONObject {
        guard has(key) else { return [:] }
        guard let members = try value(key).object else { throw error(key, "is no object") }
        return members
    }

    /// A list of texts; empty when it is missing.
    public func strings(_ key: String) throws(StoredFormError) -> [String] {
        guard has(key) else { return [] }
        guard let elements = try value(key).array, case let texts = elements.compactMap(\.string),
            texts.count == elements.count
        else { throw error(key, "is no list of texts") }
        return texts
    }

    /// A list of ids; empty when it is missing.
    public func ids<Entity>(_ key: String) throws(StoredFormError) -> [Identifier<Entity>] {
        try strings(key).map { Identifier($0) }
    }

    /// One of the cases of a type, by its raw value.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Choice.Type = Choice.self
    ) throws(StoredFormError) -> Choice {
        let text = try string(key)
        guard let choice = Choice(rawValue: text) else { throw unknown(key, text, Choice.self) }
        return choice
    }

    /// Nil when it is missing or null.
    public func optionalChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Choice.Type = Choice.self
    ) throws(StoredFormError) -> Choice? {
        has(key) ? try choice(key, type) : nil
    }

    /// Several of the cases of a type; none when it is missing.
    public func choices<Choice: RawRepresentable<String> & CaseIterable & Hashable>(
        _ key: String, _ type: Choice.Type = Choice.self
    ) throws(StoredFormError) -> Set<Choice> {
        var found: Set<Choice> = []
        for text in try strings(key) {
            guard let choice = Choice(rawValue: text) else { throw unknown(key, text, Choice.self) }
            found.insert(choice)
        }
        return found
    }

    /// An object whose members are read with names of their own.
    public func object(_ key: String) throws(StoredFormError) -> FieldReader {
        guard let members = try value(key).object else { throw error(key, "is no object") }
        return FieldReader(members, of: name, id: id, path: place(key) + ".")
    }

    /// A list of objects; empty when it is missing.
    public func objects(_ key: String) throws(StoredFormError) -> [FieldReader] {
        guard has(key) else { return [] }
        guard let elements = try value(key).array else { throw error(key, "is no list") }
        var readers: [FieldReader] = []
        for (index, element) in elements.enumerated() {
            guard let members = element.object else { throw error("\(key)[\(index)]", "is no object") }
            readers.append(FieldReader(members, of: name, id: id, path: place("\(key)[\(index)]") + "."))
        }
        return readers
    }

    /// An error about a member: `the stored customer 'c1': name is no text`.
    public func error(_ key: String, _ problem: String) -> StoredFormError {
        StoredFormError("\(subject): \(place(key)) \(problem)")
    }

    private func unknown<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ text: String, _ type: Choice.Type
    ) -> StoredFormError {
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return error(key, "is '\(text)', and this program knows \(known)")
    }

    private func place(_ key: String) -> String { path + key }

    private static func words(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
    }
}
