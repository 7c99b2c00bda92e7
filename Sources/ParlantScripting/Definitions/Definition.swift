import LuaRuntime
import ParlantCore

/// What one call of a constructor made, after its fields were checked. Fields that did not pass are not in it.
struct Definition: Sendable {
    var kind: EntityKind
    /// Position among all definitions of the VM; the number of its handle.
    var number: Int
    /// Number of the agent, journey or guideline that it belongs to, for things made by methods.
    var owner: Int?
    var fields: [String: LuaValue]
    /// Checked parameters of a tool, or settings of an agent or plugin.
    var parameters: [ParameterDefinition] = []
    var location: SourceLocation
    /// Bundle whose file defines it.
    var bundle: String
    /// Given or derived; a tool's, tag's or plugin's name.
    var id: String
    /// What a person would call it: the first of its names that was given; nil when none was.
    var name: String?

    /// How problems call it: `guideline "brakes"`.
    var label: String { name.map { "\(kind.noun) \(Wording.quote($0))" } ?? kind.noun }
    /// Its handle.
    var handle: LuaHandle { LuaHandle(kind: kind.rawValue, id: number) }

    func text(_ field: String) -> String? { fields[field]?.text }
    func flag(_ field: String) -> Bool? { fields[field]?.flag }
    func int(_ field: String) -> Int? { fields[field]?.int.map { Int($0) } }
    func function(_ field: String) -> LuaFunction? { fields[field]?.function }
    func texts(_ field: String) -> [String] { fields[field]?.items?.compactMap(\.text) ?? [] }
    func handles(_ field: String) -> [LuaHandle] { fields[field]?.items?.compactMap(\.handle) ?? [] }
    /// Fields of a table that is a field.
    func record(_ field: String) -> [LuaField] { fields[field]?.fields ?? [] }
    func compositionMode() -> CompositionMode? { text("composition_mode").flatMap(CompositionMode.init(rawValue:)) }
    func json(_ field: String) -> JSONObject { fields[field].flatMap { JSONValue($0) }?.object ?? [:] }
}

/// One parameter with the functions that the script gave for it.
struct ParameterDefinition: Sendable {
    var parameter: ToolParameter
    /// By field: `choices`, `validate`, `adapter`.
    var functions: [String: LuaFunction]
}
