public import OrderedCollections
public import ParlantCore

extension Session: StoredForm {
    public static var formName: String { "session" }

    public var members: JSONObject {
        var fields: JSONObject = [
            "id": .string(id.rawValue), "agent": .string(agentID.rawValue), "customer": .string(customerID.rawValue),
        ]
        fields.put("created_at", createdAt)
        fields.put("title", title)
        fields.put("mode", mode)
        fields.put("consumption_offsets", consumptionOffsets.mapValues { JSONValue.integer(Int64($0)) })
        fields.put("metadata", metadata)
        fields.put("labels", labels)
        fields.put("applied_guidelines", agentState.appliedGuidelines)
        fields.put("journeys", agentState.journeys.map(Self.fields))
        return fields
    }

    private static func fields(_ journey: JourneyID, _ place: JourneyPlace) -> JSONObject {
        var fields: JSONObject = ["journey": .string(journey.rawValue)]
        fields.put("path", place.path)
        fields.put("has_ended", place.hasEnded)
        return fields
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        var offsets: OrderedDictionary<String, Int> = [:]
        for (consumer, value) in try fields.json("consumption_offsets") {
            guard let offset = value.integer else {
                throw fields.error("consumption_offsets.\(consumer)", "is no whole number")
            }
            offsets[consumer] = Int(offset)
        }
        var state = AgentState(appliedGuidelines: OrderedSet(try fields.ids("applied_guidelines")))
        for place in try fields.objects("journeys") {
            state.journeys[try place.id("journey")] = JourneyPlace(
                path: try place.strings("path"), hasEnded: try place.flag("has_ended"))
        }
        self.init(
            id: try fields.id("id"), agentID: try fields.id("agent"), customerID: try fields.id("customer"),
            createdAt: try fields.moment("created_at"), title: try fields.optionalString("title"),
            mode: try fields.choice("mode"), consumptionOffsets: offsets, metadata: try fields.json("metadata"),
            labels: OrderedSet(try fields.strings("labels")), agentState: state)
    }
}

extension Event: StoredForm {
    public static var formName: String { "event" }

    public var members: JSONObject {
        var fields: JSONObject = ["id": .string(id.rawValue)]
        fields.put("source", source)
        fields.put("kind", kind)
        fields["offset"] = .integer(Int64(offset))
        fields.put("created_at", createdAt)
        fields["trace_id"] = .string(traceID.rawValue)
        fields["data"] = data
        fields.put("metadata", metadata)
        fields.put("revision", revision, unless: 0)
        return fields
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            id: try fields.id("id"), source: try fields.choice("source"), kind: try fields.choice("kind"),
            offset: try fields.count("offset"), createdAt: try fields.moment("created_at"),
            traceID: try fields.id("trace_id"), data: try fields.value("data"),
            metadata: try fields.json("metadata"), revision: try fields.countOrZero("revision"))
    }
}

extension Explanation: StoredForm {
    public static var formName: String { "explanation" }

    /// The record is kept as text, as it was written: nobody looks into it.
    public var members: JSONObject {
        [
            "session": .string(session.rawValue), "trace_id": .string(traceID.rawValue),
            "content": .string(String(decoding: content, as: UTF8.self)),
        ]
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            session: try fields.id("session"), traceID: try fields.id("trace_id"),
            content: Array(try fields.string("content").utf8))
    }
}
