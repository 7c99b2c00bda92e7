import ParlantCore
import Testing

@testable import ParlantNLP

@Suite("The table of services")
struct KnownEndpointsTests {
    @Test("has rows that can be used as they are", arguments: KnownEndpoints.all)
    func rows(_ row: KnownEndpoint) throws {
        #expect(row.name.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || "0123456789-.".utf8.contains($0) })
        #expect(row.keyVariable.hasSuffix("_API_KEY"))
        #expect(row.baseURLVariable.hasSuffix("_BASE_URL"))
        #expect(!row.baseURL.hasSuffix("/"))
        let address = try #require(HTTPAddress(row.baseURL))
        let isLocal = address.authority.hasPrefix("127.0.0.1:")
        // A key travels encrypted, and a server of one's own has neither a key nor a model that is always there.
        #expect(row.baseURL.hasPrefix(isLocal ? "http://" : "https://"))
        #expect(row.needsKey == !isLocal)
        #expect((row.models == nil) == isLocal)
        #expect(row.models?.all.contains("") != true)
        let configuration = try EndpointConfiguration(
            row, key: Secret("k"), models: row.models ?? ModelNames(large: "m"))
        #expect(configuration.baseURL == row.baseURL)
        if row.needsKey { #expect(throws: NLPError.self) { try EndpointConfiguration(row, key: nil) } }
        if row.models == nil {
            let error = #expect(throws: NLPError.self) { try EndpointConfiguration(row, key: nil) }
            #expect(error?.message == "\(row.name) has no model that is always there; name one with --model")
        }
    }

    @Test("has each name and each variable once")
    func unique() {
        let all = KnownEndpoints.all
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(Set(all.map(\.keyVariable)).count == all.count)
        #expect(Set(all.map(\.baseURLVariable)).count == all.count)
        #expect(Set(all.map(\.baseURL)).count == all.count)
        #expect(all.count >= 14)
        #expect(Set(all.map(\.dialect)) == Set(KnownEndpoint.Dialect.allCases))
    }

    @Test("reads the variables of its row and of no other", arguments: KnownEndpoints.all)
    func variables(_ row: KnownEndpoint) throws {
        var environment = Dictionary(
            uniqueKeysWithValues: KnownEndpoints.all.flatMap { other in
                [(other.keyVariable, "key-of-\(other.name)"), (other.baseURLVariable, "http://\(other.name).test/v1")]
            })
        let models = ModelNames(large: "m")
        let own = try EndpointConfiguration.fromEnvironment(environment, of: row, models: models)
        #expect(own.key == Secret("key-of-\(row.name)"))
        #expect(own.baseURL == "http://\(row.name).test/v1")
        environment[row.keyVariable] = nil
        environment[row.baseURLVariable] = " "
        guard !row.needsKey else {
            #expect(throws: NLPError.self) {
                try EndpointConfiguration.fromEnvironment(environment, of: row, models: models)
            }
            return
        }
        let bare = try EndpointConfiguration.fromEnvironment(environment, of: row, models: models)
        #expect(bare.key == nil)
        #expect(bare.baseURL == row.baseURL)
    }
}

@Suite("Names of models")
struct ModelNamesTests {
    @Test("are chosen by the size of the question")
    func sizes() {
        let two = ModelNames(large: "big", small: "little")
        #expect(ModelSize.allCases.map(two.name) == ["little", "little", "big"])
        let one = ModelNames(large: "big")
        #expect(ModelSize.allCases.map(one.name) == ["big", "big", "big"])
    }

    @Test("are asked for by question", arguments: ServedDialect.allCases)
    func asked(_ dialect: ServedDialect) async throws {
        let good = ScriptedTransport.Step.reply(200, dialect.answer(["applies": true]))
        let bench = try DialectBench(dialect, [good, good, good])
        var models: [String] = []
        for size in ModelSize.allCases { models.append(try await bench.generate(size: size).model) }
        #expect(models == ["s1", "s1", "m1"])
        #expect(bench.transport.bodies.map { $0["model"]?.string } == models)
    }
}
