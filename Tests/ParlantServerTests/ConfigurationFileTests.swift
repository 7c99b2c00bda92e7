import ParlantCore
import ParlantServer
import Testing

@Suite("The configuration file")
struct ConfigurationFileTests {
    private func parse(_ text: String) throws(ConfigurationError) -> ConfigurationFile {
        try ConfigurationFile(parsing: Array(text.utf8), name: "parlant.json")
    }

    @Test("names plugins, settings of bundles and hosts that tools may reach")
    func complete() throws {
        let file = try parse(
            """
            {"plugins": ["location"], "settings": {"support": {"orders_url": "http://127.0.0.1:9000"}},
             "http": {"allow": ["127.0.0.1:9000"]}}
            """)
        #expect(
            file
                == ConfigurationFile(
                    plugins: ["location"], settings: ["support": ["orders_url": "http://127.0.0.1:9000"]],
                    allowedHTTP: ["127.0.0.1:9000"]))
    }

    @Test("an empty object changes nothing")
    func empty() throws {
        #expect(try parse("{}") == ConfigurationFile())
    }

    @Test(
        "every mistake is refused with the place and what was expected",
        arguments: [
            ("[]", "parlant.json: expected an object"),
            ("{", "parlant.json: not valid JSON: key must be a string at byte 1"),
            ("{\"plugin\": []}", "parlant.json: unknown member 'plugin'; there are 'plugins', 'settings' and 'http'"),
            ("{\"plugins\": \"a\"}", "parlant.json: plugins: expected a list of strings, got \"a\""),
            ("{\"plugins\": [1]}", "parlant.json: plugins: expected a list of strings, got [1]"),
            ("{\"settings\": []}", "parlant.json: settings: expected an object"),
            ("{\"settings\": {\"a\": 1}}", "parlant.json: settings.a: expected an object of settings"),
            ("{\"http\": {\"alow\": []}}", "parlant.json: http: unknown member 'alow'; there is 'allow'"),
            ("{\"http\": []}", "parlant.json: http: expected an object"),
        ])
    func mistakes(text: String, message: String) {
        #expect(throws: ConfigurationError(message)) { try parse(text) }
    }
}
