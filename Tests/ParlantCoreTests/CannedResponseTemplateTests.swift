import Testing

@testable import ParlantCore

@Suite("Templates of canned responses")
struct CannedResponseTemplateTests {
    @Test("placeholders are replaced by values of fields, nested ones by their path")
    func render() throws {
        let template = try CannedResponseTemplate("Hello {{ std.customer.name }}, you have {{balance}} EUR{{end}}")
        let fields: JSONObject = ["std": ["customer": ["name": "Ann"]], "balance": 12.5, "end": "."]
        #expect(template.render(fields) == "Hello Ann, you have 12.5 EUR.")
        #expect(template.fields == ["std.customer.name", "balance", "end"])
    }

    @Test("a field that is absent or null leaves the template without a text")
    func missing() throws {
        let template = try CannedResponseTemplate("{{a}}")
        #expect(template.render([:]) == nil)
        #expect(template.render(["a": .null]) == nil)
        #expect(template.render(["a": ["x", "y"]]) == "x, y")
    }

    @Test("a value is never read as a template")
    func noInjection() throws {
        #expect(try CannedResponseTemplate("{{a}}").render(["a": "{{b}}", "b": "secret"]) == "{{b}}")
    }

    @Test(
        "text that is no template is refused",
        arguments: [
            ("", "the template is empty"), ("  ", "the template is empty"), ("a {{b", "'{{' is never closed"),
            ("{{ 1x }}", "'{{ 1x }}' is not a placeholder; write a name such as {{std.customer.name}}"),
            ("{{}}", "'{{}}' is not a placeholder; write a name such as {{std.customer.name}}"),
            ("{% if x %}", "'{%' is not supported; use placeholders such as {{std.customer.name}}"),
        ])
    func refused(text: String, message: String) {
        #expect(throws: CannedResponseTemplate.ParseError(message: message)) { try CannedResponseTemplate(text) }
    }
}
