import ParlantCore
import ParlantScripting
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

    @Test("sets limits for all bundles, and for one on top of that")
    func limits() throws {
        let limits = try parse(
            """
            {"limits": {"bank": {"running_seconds": 0.25, "requests_per_call": 0},
                        "*": {"memory_bytes": 33554432, "running_seconds": 2}}}
            """
        ).limits
        #expect(limits.of("other").memoryBytes == 32 << 20)
        #expect(limits.of("other").callMilliseconds == 2000)
        #expect(limits.of("other").requestsPerCall == ScriptLimits().requestsPerCall)
        #expect(limits.of("bank").memoryBytes == 32 << 20)
        #expect(limits.of("bank").callMilliseconds == 250)
        #expect(limits.of("bank").requestsPerCall == 0)
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
            (
                "{\"plugin\": []}",
                "parlant.json: unknown member 'plugin' (did you mean 'plugins'?); there are 'plugins', 'settings', 'limits', 'http' and 'budgets'"
            ),
            ("{\"limits\": []}", "parlant.json: limits: expected an object"),
            ("{\"limits\": {\"bank\": 1}}", "parlant.json: limits.bank: expected an object"),
            (
                "{\"limits\": {\"bank\": {\"memory\": 1}}}",
                "parlant.json: limits.bank: unknown limit 'memory'; there are concurrent_calls, concurrent_requests, handler_seconds, instructions, load_instructions, load_seconds, memory_bytes, reply_bytes, requests_per_call, result_bytes, running_seconds, stream_bytes"
            ),
            (
                "{\"limits\": {\"*\": {\"running_seconds\": 0}}}",
                "parlant.json: limits.*.running_seconds: expected a number from 0.001 to 3600, got 0"
            ),
            (
                "{\"limits\": {\"*\": {\"instructions\": 1.5e6}}}",
                "parlant.json: limits.*.instructions: expected a whole number from 10000 to 1000000000000, got 1500000.0"
            ),
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
