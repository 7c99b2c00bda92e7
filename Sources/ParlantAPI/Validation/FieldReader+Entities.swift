import ParlantCore

/// Shapes of fields that the entities share.
extension FieldReader {
    /// `id`: the client's own, never empty.
    mutating func ownID(_ limits: APILimits) -> String? { string("id", length: 1...limits.idLength) }

    /// A text that counts as not given when it is empty.
    mutating func nonEmpty(_ name: String) -> String? { string(name).flatMap { $0.isEmpty ? nil : $0 } }

    mutating func boolean(_ name: String) -> Bool? {
        guard let value = value(name, .boolean) else { return nil }
        if let flag = value.boolean { return flag }
        switch value.string?.lowercased() {
        case "1", "true", "t", "yes", "y", "on": return true
        case "0", "false", "f", "no", "n", "off": return false
        default: break
        }
        if let number = value.integer, number == 0 || number == 1 { return number == 1 }
        note(.notBoolean(path + [.name(name)], value))
        return nil
    }

    /// A list that must be there; with `length`, each of its texts is that long.
    mutating func requiredStrings(_ name: String, length: ClosedRange<Int>? = nil) -> [String] {
        guard let value = required(name, .list(.string(length: length ?? 0...Int.max))) else { return [] }
        return strings(value, path + [.name(name)], length: length) ?? []
    }

    /// A list of objects that must be there.
    mutating func requiredDocuments<Value>(_ name: String, _ read: (inout FieldReader) -> Value) -> [Value] {
        guard let value = required(name, .list(Self.schema(of: read))) else { return [] }
        if value.isNull { note(.notList(path + [.name(name)], value)) }
        return documents(name, read) ?? []
    }

    /// An object that must be there.
    mutating func requiredDocument<Value>(
        _ name: String, default: Value, _ read: (inout FieldReader) -> Value
    ) -> Value {
        guard let value = required(name, Self.schema(of: read)) else { return `default` }
        return document(value, path + [.name(name)], prefix: name, read) ?? `default`
    }

    /// `tags` of what is created: ids, duplicates count once.
    mutating func tags() -> OrderedSet<TagID> { OrderedSet((strings("tags") ?? []).map(TagID.init(rawValue:))) }

    /// `tags` of an update: `{add, remove}`, or a list, which replaces all.
    mutating func tagsChange() -> TagsChange {
        let change = stringsOrDocument("tags") { list in
            TagsChange(replacement: OrderedSet(list.map(TagID.init(rawValue:))))
        } document: { fields in
            let add = fields.strings("add") ?? []
            let remove = fields.strings("remove") ?? []
            return TagsChange(add: add.map(TagID.init(rawValue:)), remove: remove.map(TagID.init(rawValue:)))
        }
        return change ?? .init()
    }

    /// `labels` of an update: `{upsert, remove}`, done in this order.
    mutating func labelsChange() -> LabelsChange {
        let change = document("labels") { fields in
            let upsert = fields.strings("upsert") ?? []
            return LabelsChange(upsert: upsert, remove: fields.strings("remove") ?? [])
        }
        return change ?? .init()
    }

    /// `metadata` of an update: `{set, unset}`; `remove` means `unset`.
    mutating func metadataChange() -> MetadataChange {
        document("metadata") { MetadataChange(body: &$0) } ?? .init()
    }

    /// `{service_name, tool_name}`.
    mutating func tool(_ name: String) -> ToolID? { document(name) { $0.toolID() } }

    /// The fields of a tool's id.
    mutating func toolID() -> ToolID {
        let service = requiredString("service_name")
        return ToolID(service: service, name: requiredString("tool_name"))
    }

    mutating func compositionMode() -> CompositionMode? {
        choice("composition_mode", WireCompositionMode.self)?.mode
    }
}

/// Labels that are put and taken away, in this order.
struct LabelsChange: Sendable {
    var upsert: [String] = []
    var remove: [String] = []

    func apply(to labels: inout OrderedSet<String>) {
        labels.append(contentsOf: upsert)
        for label in remove { labels.remove(label) }
    }
}

/// Composition modes as the wire spells them.
enum WireCompositionMode: String, CaseIterable {
    case fluid
    case cannedFluid = "canned_fluid"
    case compositedCanned = "composited_canned"
    case strictCanned = "strict_canned"

    var mode: CompositionMode {
        switch self {
        case .fluid: .free
        case .cannedFluid: .fluid
        case .compositedCanned: .composited
        case .strictCanned: .strict
        }
    }
}

extension CompositionMode {
    /// The mode as the wire spells it.
    var wire: String {
        let spelling: WireCompositionMode =
            switch self {
            case .free: .fluid
            case .fluid: .cannedFluid
            case .composited: .compositedCanned
            case .strict: .strictCanned
            }
        return spelling.rawValue
    }
}
