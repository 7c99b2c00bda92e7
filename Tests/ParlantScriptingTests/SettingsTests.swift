import ParlantCore
import ParlantScripting
import Testing

private let bank = """
    local parlant = require "parlant"
    local show = parlant.tool {
      name = "t", description = "d",
      run = function(ctx)
        ctx.log:info("key " .. ctx.config.api_key, { key = ctx.config.api_key })
        print("key", ctx.config.api_key)
        if ctx.session.id == "fail" then error("bad key " .. ctx.config.api_key) end
        return { ctx.config.core_url, ctx.config.limit, ctx.config.optional == nil, ctx.config.regions }
      end,
    }
    local agent = parlant.agent {
      id = "bank-1", name = "Otto", description = "d",
      config = {
        { name = "core_url", type = "string" },
        { name = "limit", type = "integer", default = 5, maximum = 100 },
        { name = "optional", type = "string", required = false },
        { name = "regions", type = "array", items = "string", default = {} },
        { name = "api_key", type = "string", secret = true, min_length = 8 },
      },
    }
    agent:guideline { condition = "c", tools = { show } }
    return agent
    """

@Suite("Settings")
struct SettingsTests {
    @Test("come from the configuration, the environment and the defaults")
    func values() async throws {
        var loader = Loader()
        loader.configuration = ["my-bank": ["core_url": "http://a", "api_key": "topsecret"]]
        let files = ["agents/my-bank.lua": bank]
        let first = Caller(try #require(try await loader.scripts(files).snapshot(of: "bank-1")))
        #expect(try await first.data() == ["http://a", 5, true, .array([])])
        loader.environment = [
            "PARLANT_MY_BANK_LIMIT": "7", "PARLANT_MY_BANK_REGIONS": "[\"eu\"]", "PARLANT_MY_BANK_CORE_URL": "12",
        ]
        let second = Caller(try #require(try await loader.scripts(files).snapshot(of: "bank-1")))
        #expect(try await second.data() == ["12", 7, true, ["eu"]])
    }

    @Test("that are missing or wrong are load problems that say how to give them, without secrets")
    func problems() async throws {
        var loader = Loader()
        loader.configuration = ["bank": ["core_ulr": "x", "limit": 101, "api_key": "short"]]
        let problems = try await loader.problems(["agents/bank.lua": bank])
        #expect(
            problems == [
                "agents/bank.lua:11: agent \"bank-1\": config: api_key: expected a string; what was given is secret and not shown",
                "agents/bank.lua:11: agent \"bank-1\": config: limit: 101 is above the maximum of 100",
                "agents/bank.lua:11: agent \"bank-1\": config: missing required setting 'core_url'; give it under 'bank' in the configuration, or as PARLANT_BANK_CORE_URL",
                "agents/bank.lua:11: agent \"bank-1\": config: the configuration gives 'core_ulr', which is not a setting (did you mean 'core_url'?)",
            ])
    }

    @Test("that are secret stand in no log line and in no defect")
    func secrets() async throws {
        var loader = Loader()
        loader.configuration = ["bank": ["core_url": "http://a", "api_key": "topsecret"]]
        var caller = Caller(try #require(try await loader.scripts(["agents/bank.lua": bank]).snapshot(of: "bank-1")))
        _ = try await caller.run()
        caller.sessionID = "fail"
        #expect(try await caller.run("t", ["note": "topsecret"]) == .defect("agents/bank.lua:7: bad key [secret]"))
        #expect(loader.log.lines.count == 5)
        #expect(loader.log.lines.contains { $0.message == "key [secret]" && $0.metadata["key"] == "[secret]" })
        // A service that holds the scripts may be printed, by whatever means.
        var dumped = ""
        dump(caller.agent, to: &dumped)
        dumped += String(reflecting: caller.agent) + "\(caller.agent)"
        #expect(!dumped.contains("topsecret"))
        let all = loader.log.lines.map { "\($0.message) \($0.metadata)" }.joined()
        #expect(!all.contains("topsecret"))
    }

    @Test("that are secret and need an escape in JSON stand in no log line either")
    func escapedSecrets() async throws {
        let secret = "a\"b\\c\nde"
        var loader = Loader()
        loader.configuration = ["x": ["key": .string(secret)]]
        let file = """
            local parlant = require "parlant"
            local json = require "parlant.json"
            local t = parlant.tool {
              name = "t", description = "d",
              run = function(ctx)
                local sent = { key = ctx.config.key }
                ctx.log:info("sent " .. json.encode(sent), { request = { body = json.encode(sent), list = { sent } } })
                error("bad key " .. ctx.config.key)
              end,
            }
            local agent = parlant.agent {
              name = "X", description = "d", config = { { name = "key", type = "string", secret = true } },
            }
            agent:guideline { condition = "c", tools = { t } }
            return agent
            """
        let caller = Caller(try #require(try await loader.scripts(["agents/x.lua": file]).snapshot(of: "x")))
        let outcome = try await caller.run("t", ["note": .string(secret)])
        #expect(outcome == .defect("agents/x.lua:8: bad key [secret]"))
        let lines = loader.log.lines
        #expect(lines.first?.message == #"sent {"key":"[secret]"}"#)
        #expect(lines.first?.metadata["request"] == #"{"body":"{\"key\":\"[secret]\"}","list":[{"key":"[secret]"}]}"#)
        #expect(lines.last?.metadata["arguments"] == #"{"note":"[secret]"}"#)
    }
}
