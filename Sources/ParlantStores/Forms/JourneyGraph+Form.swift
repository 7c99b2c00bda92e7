import OrderedCollections
import ParlantCore

extension JourneyGraph {
    var members: JSONObject {
        var members: JSONObject = ["start": .string(start)]
        members.put("states", states.map(\.members))
        return members
    }

    init(reading fields: FieldReader) throws(StoredFormError) {
        var states: [JourneyState] = []
        for state in try fields.objects("states") { states.append(try JourneyState(reading: state)) }
        self.init(start: try fields.string("start"), states: states)
    }
}

extension JourneyState {
    fileprivate var members: JSONObject {
        var members: JSONObject = ["name": .string(name)]
        switch kind {
        case .chat(let instruction): members["chat"] = .string(instruction)
        case .tools(let tools, let instruction):
            members["tools"] = .array(tools.map { .object($0.members) })
            members.put("instruction", instruction)
        case .fork: members["fork"] = true
        case .journey(let id): members["journey"] = .string(id.rawValue)
        }
        switch next {
        case .end: break
        case .always(let state): members["next"] = .string(state)
        case .first(let ways): members["ways"] = .array(ways.map { .object($0.members) })
        }
        members.put("description", description)
        members.put("composition_mode", compositionMode)
        members.put("canned_responses", cannedResponses)
        members.put("handlers", handlers)
        members.put("labels", labels)
        members.put("metadata", metadata)
        return members
    }

    fileprivate init(reading fields: FieldReader) throws(StoredFormError) {
        let kind: Kind
        if fields.has("chat") {
            kind = .chat(instruction: try fields.string("chat"))
        } else if fields.has("tools") {
            kind = .tools(try fields.tools("tools"), instruction: try fields.optionalString("instruction"))
        } else if fields.has("journey") {
            kind = .journey(try fields.id("journey"))
        } else if try fields.flag("fork") {
            kind = .fork
        } else {
            throw fields.error("chat", "is missing, and so are tools, journey and fork")
        }
        self.init(
            name: try fields.string("name"), kind: kind, next: try JourneyNext(reading: fields),
            description: try fields.optionalString("description"),
            compositionMode: try fields.optionalChoice("composition_mode"),
            cannedResponses: try fields.ids("canned_responses"), handlers: try fields.choices("handlers"),
            labels: OrderedSet(try fields.strings("labels")), metadata: try fields.json("metadata"))
    }
}

extension JourneyNext {
    fileprivate init(reading fields: FieldReader) throws(StoredFormError) {
        if fields.has("ways") {
            var ways: [ConditionalTransition] = []
            for way in try fields.objects("ways") { ways.append(try ConditionalTransition(reading: way)) }
            self = .first(ways)
        } else {
            self = try fields.optionalString("next").map(JourneyNext.always) ?? .end
        }
    }
}

extension ConditionalTransition {
    /// A way without a state ends the journey.
    fileprivate var members: JSONObject {
        var members: JSONObject = ["condition": .string(condition)]
        if case .state(let name) = target { members["state"] = .string(name) }
        return members
    }

    fileprivate init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            condition: try fields.string("condition"),
            target: try fields.optionalString("state").map(JourneyTarget.state) ?? .end)
    }
}
