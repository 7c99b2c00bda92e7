public import ParlantCore

/// What every store can write down as JSON and read back, in one form for all backends.
///
/// A form is an object with the member `version`. Members at their usual value are left out, unknown members are
/// ignored. What is written comes back equal, whatever it is.
public protocol StoredForm: Sendable {
    /// What people call one of these: "customer", "guideline". Stands in errors.
    static var formName: String { get }
    /// The version that is written; grows when an older program could misread the form.
    static var formVersion: Int64 { get }

    /// The members, without `version`.
    var members: JSONObject { get }
    /// Reads the members of any version up to ``formVersion``.
    init(reading fields: FieldReader) throws(StoredFormError)
}

extension StoredForm {
    public static var formVersion: Int64 { 1 }

    /// The whole form.
    public var storedForm: JSONObject {
        var form: JSONObject = ["version": .integer(Self.formVersion)]
        form.merge(members) { _, member in member }
        return form
    }

    /// The whole form as compact JSON.
    public var storedBytes: [UInt8] { JSONWriter.bytes(of: .object(storedForm)) }

    /// Reads a whole form.
    ///
    /// - Throws: ``StoredFormError`` for a form of a newer version, and for one that is damaged; names the member.
    public init(storedForm: JSONObject) throws(StoredFormError) {
        let reader = FieldReader(storedForm, of: Self.formName)
        let version = try reader.integer("version")
        guard (1...Self.formVersion).contains(version) else {
            throw StoredFormError(
                "\(reader.subject) has the version \(version), and this program knows versions up to "
                    + "\(Self.formVersion); update the program")
        }
        try self.init(reading: reader)
    }

    /// Reads a whole form from JSON.
    ///
    /// - Throws: ``StoredFormError`` as ``init(storedForm:)``, and for what is no JSON object.
    public init(storedBytes: some Collection<UInt8>) throws(StoredFormError) {
        let value: JSONValue
        do {
            value = try JSONParser.parse(storedBytes)
        } catch {
            throw StoredFormError("a stored \(Self.formName) is no JSON: \(error)")
        }
        guard let form = value.object else { throw StoredFormError("a stored \(Self.formName) is no object") }
        try self.init(storedForm: form)
    }
}

/// What was stored cannot be read.
public struct StoredFormError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence that names the entity and the member.
    public var message: String

    /// An error with this sentence.
    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
