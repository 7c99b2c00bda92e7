import HTTPTypes
import ParlantCore
import Testing

@testable import ParlantAPI

@Suite("The description of the API")
struct OpenAPITests {
    private let fixture = Fixture()

    @Test("every route is described, but for those that are for people or about the API")
    func unlisted() {
        let table = APIResponder(fixture.services).table
        #expect(
            table.unlisted == [
                "GET /openapi.json", "GET /docs", "GET /docs/style.css", "GET /docs/script.js", "GET /redoc",
            ])
        #expect(table.listings.count > 60)
    }

    @Test("operations have names of their own, and places of their own in generated clients")
    func names() async throws {
        let operations = try await Description.served.value.operations.map(\.operation)
        let ids = operations.compactMap { $0["operationId"]?.string }
        #expect(ids.count == operations.count && Set(ids).count == ids.count)
        let places = operations.map { operation in
            (operation["x-fern-sdk-group-name"]?.array?.first?.string ?? "") + "."
                + (operation["x-fern-sdk-method-name"]?.string ?? "")
        }
        #expect(Set(places).count == places.count)
    }

    @Test("every parameter of a path is described, and every reference leads somewhere")
    func references() async throws {
        let description = try await Description.served.value
        for (method, path, operation) in description.operations {
            let named = (operation["parameters"]?.array ?? []).filter { $0["in"] == "path" }
            #expect(
                named.compactMap { $0["name"]?.string }.allSatisfy { path.contains("{\($0)}") }
                    && named.count == path.count { $0 == "{" }, "\(method) \(path)")
        }
        let check = SchemaCheck(document: description.document)
        for reference in references(in: description.document) {
            #expect(!check.resolve(reference).isNull, "\(reference)")
        }
    }

    private func references(in value: JSONValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap(references)
        case .object(let members):
            members.flatMap { $0 == "$ref" ? [$1.string ?? ""] : references(in: $1) }
        default: []
        }
    }

    @Test("bodies are described by what reads them: fields, lengths, choices, nested documents")
    func bodies() async throws {
        let schemas = try await Description.served.value.document["components"]?["schemas"]
        let customer = try #require(schemas?["CreateCustomerRequest"])
        #expect(customer["required"] == ["name"])
        #expect(customer["properties"]?["name"] == ["type": "string", "minLength": 1, "maxLength": 100])
        #expect(
            customer["properties"]?["metadata"] == [
                "anyOf": [["type": "object", "additionalProperties": [:]], ["type": "null"]]
            ])
        let tags = try #require(schemas?["UpdateCustomerRequest"]?["properties"]?["tags"]?["anyOf"]?.array?.first)
        #expect(tags["anyOf"]?.array?.first == ["type": "array", "items": ["type": "string"]])
        #expect(tags["anyOf"]?.array?.last?["properties"]?.object.map { Array($0.keys) } == ["add", "remove"])
        let event = try #require(schemas?["CreateEventRequest"])
        #expect(event["required"] == ["kind", "source"])
        #expect(
            event["properties"]?["kind"] == ["type": "string", "enum": ["message", "status", "tool", "custom"]])
        let guidance = event["properties"]?["guidelines"]?["anyOf"]?.array?.first?["items"]
        #expect(guidance?["required"] == ["action"])
    }

    @Test("query parameters are described by what reads them: ranges, defaults, ways of writing lists")
    func queries() async throws {
        let operations = try await Description.served.value.operations
        let events = try #require(operations.first { $0.operation["operationId"] == "list_events" }?.operation)
        let parameters = events["parameters"]?.array ?? []
        func parameter(_ name: String) throws -> JSONValue {
            try #require(parameters.first { $0["name"] == .string(name) })
        }
        #expect(try parameter("min_offset")["schema"] == ["type": "integer", "minimum": 0, "default": 0])
        #expect(try parameter("wait_for_data")["schema"]?["default"] == 60)
        #expect(try parameter("kinds")["explode"] == false)
        #expect(try parameter("kinds")["schema"]?["items"]?["enum"] == ["message", "status", "tool", "custom"])
        #expect(try parameter("sse")["required"] == false)
    }

    @Test("bodies that are shown as examples fit their schema")
    func examples() async throws {
        let description = try await Description.served.value
        var count = 0
        for (_, path, operation) in description.operations {
            let body = operation["requestBody"]?["content"]?["application/json"]
            guard let body, let example = body["example"], let schema = body["schema"] else { continue }
            count += 1
            let violations = try SchemaCheck(document: description.document).violations(example, schema)
            #expect(violations.isEmpty, "\(path)")
        }
        #expect(count > 0)
    }

    @Test("a response that the description does not know is noticed")
    func strictness() async throws {
        let description = try await Description.served.value
        let check = SchemaCheck(document: description.document)
        let schema: JSONValue = ["$ref": "#/components/schemas/Tag"]
        #expect(try check.violations(["id": "a", "name": "b"], schema).isEmpty)
        #expect(try check.violations(["id": "a"], schema) == ["$: name is missing"])
        #expect(try check.violations(["id": "a", "name": "b", "c": 1], schema) == ["$: c is not in the schema"])
        #expect(try check.violations(["id": "a", "name": 1], schema) == ["$.name: no string"])
        #expect(throws: SchemaCheck.UnknownKeyword.self) { try check.violations(1, ["oneOf": []]) }
    }

    @Test("the documentation page and its parts come from the server itself")
    func page() async throws {
        for (path, type) in [
            ("/docs", "text/html"), ("/docs/style.css", "text/css"), ("/docs/script.js", "text/javascript"),
        ] {
            let answer = try await fixture.send(.get, path)
            #expect(answer.status == 200 && answer.header("content-type") == "\(type); charset=utf-8")
            #expect(!answer.text.contains("https://") && !answer.text.contains("http://"), "\(path) needs a network")
        }
        for path in ["/", "/redoc"] {
            let answer = try await fixture.send(.get, path)
            #expect(answer.status == 307 && answer.header("location") == "/docs")
        }
        #expect(try await fixture.send(.post, "/", "{}").status == 404)
    }
}
