import HTTPTypes
import ParlantCore

/// What Julep's clients are told of something that was done: which thing, when, and which jobs go on because of it. There
/// are never jobs to wait for: what was acknowledged is done.
enum Receipt: String {
    case created = "created_at"
    case updated = "updated_at"
    case deleted = "deleted_at"

    /// The answer as Julep gives it: 201, 200 or 202.
    var answer: Operation.Answer {
        let fields: [Schema.Field] = [
            .init(name: "id", schema: .string()), .init(name: rawValue, schema: .timestamp),
            .init(name: "jobs", schema: .list(.string())),
        ]
        return Operation.Answer(status, .named(name, .object(fields)))
    }

    func reply(_ id: String, at moment: Timestamp) -> Reply {
        .json(status) { writer in
            writer.beginObject()
            writer.member("id", id)
            writer.key(rawValue)
            writer.timestamp(moment)
            writer.key("jobs")
            writer.beginArray()
            writer.endArray()
            writer.endObject()
        }
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .created: .created
        case .updated: .ok
        case .deleted: .accepted
        }
    }

    private var name: String {
        switch self {
        case .created: "ResourceCreated"
        case .updated: "ResourceUpdated"
        case .deleted: "ResourceDeleted"
        }
    }
}
