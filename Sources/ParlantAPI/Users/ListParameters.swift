import ParlantCore

/// Which part of a list Julep's clients ask for.
struct ListParameters: Sendable {
    /// The moment that a list is sorted by.
    enum Moment: String, CaseIterable, Sendable {
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    var limit: Int
    var offset: Int
    /// Members that the metadata must have.
    var metadata: JSONObject
    var moment: Moment
    var direction: PageRequest.Direction

    /// Reads `limit`, `offset`, `metadata_filter` (JSON text), `sort_by` and `order`.
    init(query: inout QueryReader) {
        limit = query.listLimit()
        offset = query.listOffset()
        metadata = query.dictionary("metadata_filter") ?? [:]
        moment = query.choice("sort_by", default: .createdAt)
        direction = query.choice("order", default: .descending)
    }
}

extension QueryReader {
    /// `limit` of Julep's lists.
    mutating func listLimit() -> Int { integer("limit", in: 1...1000, default: 100) }

    /// `offset` of Julep's lists.
    mutating func listOffset() -> Int { integer("offset", in: 0...Int.max, default: 0) }
}
