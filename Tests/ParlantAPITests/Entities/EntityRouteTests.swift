import HTTPTypes
import ParlantCore
import Testing

/// One kind of entity, with what a test needs to create and change it.
struct EntityCase: Sendable, CustomTestStringConvertible {
    let path: String
    /// The least that creates one, and what comes back; `<id>` stands for the id, `<time>` for a time.
    let least: String
    let answer: String
    /// A body of PATCH, and members of the answer that it changes.
    let change: String
    let changed: JSONObject
    /// PATCH and GET answer with the entity under this name.
    var envelope: (patch: String?, get: String?) = (nil, nil)
    var takesOwnID = false

    var testDescription: String { path }

    static let all: [EntityCase] = [
        EntityCase(
            path: "/agents", least: #"{"name":"N"}"#,
            answer: #"{"id":"<id>","name":"N","description":null,"max_engine_iterations":3,"composition_mode":"fluid","#
                + #""message_output_mode":"block","tags":[]}"#,
            change: #"{"name":"M","composition_mode":"canned_fluid","max_engine_iterations":5}"#,
            changed: ["name": "M", "composition_mode": "canned_fluid", "max_engine_iterations": 5], takesOwnID: true),
        EntityCase(
            path: "/guidelines", least: #"{"condition":"c"}"#,
            answer: #"{"id":"<id>","condition":"c","action":null,"description":null,"criticality":"medium","#
                + #""enabled":true,"tags":[],"metadata":{},"composition_mode":null,"track":true,"labels":[],"#
                + #""priority":0}"#,
            change: #"{"condition":"","action":"a","criticality":"high","enabled":false,"priority":-3,"#
                + #""description":"","labels":{"upsert":["x","y"],"remove":["x","z"]},"metadata":{"set":{"k":[1]}}}"#,
            changed: [
                "condition": "c", "action": "a", "criticality": "high", "enabled": false, "priority": -3,
                "description": "", "labels": ["y"], "metadata": ["k": [1]], "track": true,
            ], envelope: ("guideline", "guideline"), takesOwnID: true),
        EntityCase(
            path: "/terms", least: #"{"name":"n","description":"d"}"#,
            answer: #"{"id":"<id>","name":"n","description":"d","synonyms":[],"tags":[]}"#,
            change: #"{"description":"","synonyms":["a, b","c"]}"#,
            changed: ["name": "n", "description": "d", "synonyms": ["a, b", "c"]], takesOwnID: true),
        EntityCase(
            path: "/canned_responses", least: #"{"value":"Hi {{name}}","fields":[]}"#,
            answer: #"{"id":"<id>","creation_utc":"<time>","value":"Hi {{name}}","fields":[],"tags":[],"signals":[],"#
                + #""metadata":{},"field_dependencies":[]}"#,
            change:
                #"{"value":"Ho","fields":[{"name":"f","description":"d","examples":["e"]}],"#
                + #""metadata":{"set":{"a":1}}}"#,
            changed: [
                "value": "Ho", "fields": [["name": "f", "description": "d", "examples": ["e"]]], "metadata": ["a": 1],
            ]),
        EntityCase(
            path: "/capabilities", least: #"{"title":"t","description":"d","signals":[]}"#,
            answer: #"{"id":"<id>","title":"t","description":"d","signals":[],"tags":[]}"#,
            change: #"{"title":"u","description":"","signals":["s"]}"#,
            changed: ["title": "u", "description": "d", "signals": ["s"]]),
        EntityCase(
            path: "/context-variables", least: #"{"name":"n"}"#,
            answer: #"{"id":"<id>","name":"n","description":null,"tool_id":null,"freshness_rules":null,"tags":[]}"#,
            change: #"{"description":"d","freshness_rules":"*/5 9-17 * * mon-fri"}"#,
            changed: ["name": "n", "description": "d", "freshness_rules": "*/5 9-17 * * mon-fri"],
            envelope: (nil, "context_variable")),
        EntityCase(
            path: "/journeys", least: #"{"title":"t","description":"d","conditions":[]}"#,
            answer: #"{"id":"<id>","title":"t","description":"d","conditions":[],"tags":[],"composition_mode":null,"#
                + #""labels":[],"priority":0}"#,
            change: #"{"title":"u","description":"","composition_mode":"strict_canned","priority":2,"#
                + #""labels":{"upsert":["x"]}}"#,
            changed: [
                "title": "u", "description": "d", "composition_mode": "strict_canned", "priority": 2, "labels": ["x"],
            ], takesOwnID: true),
    ]
}

@Suite("What all entities share")
struct EntityRouteTests {
    private let fixture = Fixture()

    private func create(_ entity: EntityCase) async throws -> (id: String, answer: Answer) {
        let answer = try await fixture.send(.post, entity.path, entity.least)
        return (try answer.value["id"].string, answer)
    }

    private func open(_ answer: Answer, _ name: String?) throws -> JSONObject {
        let value = try answer.value.json
        return try #require((name.map { value[$0] ?? .null } ?? value).object)
    }

    @Test("has its defaults, and is read and listed as it was created", arguments: EntityCase.all)
    func defaults(_ entity: EntityCase) async throws {
        let (id, answer) = try await create(entity)
        #expect(answer.status == 201)
        #expect(answer.header("x-unknown-fields") == nil)
        let time = try answer.value.json["creation_utc"]?.string ?? ""
        let expected = entity.answer.replacing("<id>", with: id).replacing("<time>", with: time)
        #expect(answer.text == expected)
        let read = try await fixture.send(.get, "\(entity.path)/\(id)")
        #expect(read.status == 200)
        #expect(try JSONValue.object(open(read, entity.envelope.get)) == answer.value.json)
        let list = try await fixture.send(.get, entity.path).value.elements.map(\.json)
        #expect(try list.contains(answer.value.json))
    }

    @Test("changes what is given, and nothing else", arguments: EntityCase.all)
    func update(_ entity: EntityCase) async throws {
        let (id, answer) = try await create(entity)
        let nothing = try await fixture.send(.patch, "\(entity.path)/\(id)", "{}")
        #expect(nothing.status == 200)
        #expect(try JSONValue.object(open(nothing, entity.envelope.patch)) == answer.value.json)
        let changed = try await fixture.send(.patch, "\(entity.path)/\(id)", entity.change)
        #expect(changed.status == 200)
        #expect(changed.header("x-unknown-fields") == nil)
        var expected = try #require(try answer.value.json.object)
        expected.merge(entity.changed) { $1 }
        #expect(try open(changed, entity.envelope.patch) == expected)
        #expect(try open(try await fixture.send(.get, "\(entity.path)/\(id)"), entity.envelope.get) == expected)
    }

    @Test("takes tags, and gives them back", arguments: EntityCase.all)
    func tags(_ entity: EntityCase) async throws {
        var ids: [String] = []
        for name in ["one", "two"] {
            ids.append(try await fixture.send(.post, "/tags", #"{"name":"\#(name)"}"#).value["id"].string)
        }
        let body = String(entity.least.dropLast()) + #","tags":["\#(ids[0])","\#(ids[0])"]}"#
        let made = try await fixture.send(.post, entity.path, body)
        #expect(try made.value["tags"].json == [.string(ids[0])])
        let uri = try "\(entity.path)/\(made.value["id"].string)"
        let added = try await fixture.send(.patch, uri, #"{"tags":{"add":["\#(ids[1])"],"remove":["\#(ids[0])"]}}"#)
        #expect(try open(added, entity.envelope.patch)["tags"] == [.string(ids[1])])
        let before = try await fixture.entityInventory()
        for refused in [#"{"tags":{"add":["none"]}}"#, #"{"tags":{"remove":["none"]}}"#, #"{"tags":["none"]}"#] {
            let answer = try await fixture.send(.patch, uri, refused)
            #expect(answer.status == 404)
            #expect(answer.text == #"{"detail":"Item 'none' not found"}"#)
        }
        let unknown = String(entity.least.dropLast()) + #","tags":["none"]}"#
        #expect(try await fixture.send(.post, entity.path, unknown).status == 404)
        #expect(try await fixture.entityInventory() == before)
        let replaced = try await fixture.send(.patch, uri, #"{"tags":["\#(ids[0])"]}"#)
        #expect(try open(replaced, entity.envelope.patch)["tags"] == [.string(ids[0])])
    }

    @Test("is gone once deleted, by all verbs", arguments: EntityCase.all)
    func delete(_ entity: EntityCase) async throws {
        let id = try await create(entity).id
        let answer = try await fixture.send(.delete, "\(entity.path)/\(id)")
        #expect(answer.status == 204)
        #expect(answer.text.isEmpty)
        for (method, body) in [(.get, nil), (.patch, "{}"), (.delete, nil)] as [(HTTPRequest.Method, String?)] {
            let gone = try await fixture.send(method, "\(entity.path)/\(id)", body)
            #expect(gone.status == 404)
            let isOwnSentence = method == .get && entity.path == "/guidelines"
            #expect(
                gone.text
                    == (isOwnSentence ? #"{"detail":"Guideline not found"}"# : #"{"detail":"Item '\#(id)' not found"}"#)
            )
        }
    }

    @Test("takes an id of its own, once, and no empty one", arguments: EntityCase.all.filter(\.takesOwnID))
    func ownID(_ entity: EntityCase) async throws {
        let body = String(entity.least.dropLast()) + #","id":"a b/ü"}"#
        #expect(try await fixture.send(.post, entity.path, body).value["id"].string == "a b/ü")
        #expect(try await fixture.send(.get, entity.path + "/a%20b%2F%C3%BC").status == 200)
        let before = try await fixture.entityInventory()
        let taken = try await fixture.send(.post, entity.path, body)
        let sentences = [
            "/agents": (409, "The agent 'a b/ü' already exists; choose another, or update that one."),
            "/journeys": (409, "The journey 'a b/ü' already exists; choose another, or update that one."),
            "/terms": (422, "Term with ID 'a b/ü' already exists"),
            "/guidelines": (422, "Guideline with id 'a b/ü' already exists"),
        ]
        let (status, sentence) = try #require(sentences[entity.path])
        #expect(taken.status == status)
        #expect(taken.text == #"{"detail":"\#(sentence)"}"#)
        let empty = try await fixture.send(.post, entity.path, String(entity.least.dropLast()) + #","id":""}"#)
        #expect(empty.status == 422)
        #expect(try empty.value["detail"][0]["type"].string == "string_too_short")
        #expect(try await fixture.entityInventory() == before)
    }

    @Test("names fields that are not known", arguments: EntityCase.all)
    func unknownFields(_ entity: EntityCase) async throws {
        let body = String(entity.least.dropLast()) + #","colour":"red"}"#
        #expect(try await fixture.send(.post, entity.path, body).header("x-unknown-fields") == "colour")
    }
}
