import Foundation
import ParlantCore
import ParlantScripting
import Testing

/// The examples of the design, which every later version must load: `Fixtures/examples`.
@Suite("The examples of the design")
struct ExampleTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/examples")

    private func load() async throws -> LoadedScripts {
        var files: [String: String] = [:]
        for name in FileManager.default.enumerator(atPath: Self.folder.path)?.compactMap({ $0 as? String }) ?? []
        where name.hasSuffix(".lua") {
            files[name] = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        }
        var loader = Loader()
        loader.configuration = [
            "workshop": ["planner_url": "http://planner.test"],
            "bank": ["core_url": "http://core.test", "faq_url": "http://faq.test", "api_key": "k"],
            "compliance": ["phrases": ["guaranteed"]],
        ]
        return try await loader.scripts(files)
    }

    @Test("load without a problem")
    func all() async throws {
        let scripts = try await load()
        #expect(scripts.agents().map(\.id) == ["bank", "workshop"])
        #expect(
            scripts.summary.description == """
                agent bank (Otto): 7 guidelines, 4 tools, 1 journey
                agent workshop (Spoke): 3 guidelines, 3 tools, 2 journeys
                plugin compliance 1.0.0: 0 tools
                plugin ollama 1.0.0: 0 tools
                """)
    }

    @Test("a workshop has its journeys with all states, and what belongs to them")
    func workshop() async throws {
        let agent = try #require(try await load().snapshot(of: "workshop"))
        let booking = try #require(agent.journeys.first)
        let graph = try #require(booking.graph)
        #expect(booking.id == "book_repair")
        #expect(graph.start == "ask_problem")
        #expect(
            graph.states.map(\.name) == [
                "ask_problem", "load_days", "offer_days", "confirm", "load_more", "reserve", "offer_more", "done",
                "give_up",
            ])
        #expect(
            graph.state("load_more")
                == JourneyState(
                    name: "load_more",
                    kind: .tools(
                        [ToolID(service: "workshop", name: "list_free_days")], instruction: "Look eight weeks ahead"),
                    next: .always("offer_more")))
        #expect(
            graph.state("offer_more")?.next
                == .first([
                    ConditionalTransition(condition: "The customer chooses a day", target: .state("confirm")),
                    ConditionalTransition(condition: "Still no day suits", target: .state("give_up")),
                ]))
        #expect(graph.state("done")?.next == .end)
        #expect(graph.transitions.count == 9)
        let brakes = try #require(agent.guidelines.first)
        #expect(brakes.content.condition == "The brakes do not work")
        #expect(brakes.scope == .journey("book_repair"))
        #expect(agent.guidelines.last?.scope == .agent)
        #expect(
            agent.triggers.map(\.content.condition) == [
                "The customer has a bicycle that needs work", "The customer wants to know about their repair",
            ])
        #expect(agent.triggers.map(\.id) == agent.journeys.flatMap(\.conditions))
        #expect(agent.terms.map(\.synonyms) == [["drop-off"]])
        #expect(agent.tools.count == 3)
        #expect(agent.relationships.map(\.kind) == [.disambiguation, .disambiguation])
        #expect(agent.relationships.map(\.target) == [.tag("journey:book_repair"), .tag("journey:repair_progress")])
        #expect(
            agent.relationships.map(\.source) == [
                .guideline(agent.guidelines[1].id), .guideline(agent.guidelines[1].id),
            ])
    }

    @Test("a bank relates its rules, its journey and its tag")
    func bank() async throws {
        let scripts = try await load().resolvingTags(["vip": "tag_1"])
        let agent = try #require(scripts.snapshot(of: "bank"))
        let relations = agent.relationships.map {
            "\($0.kind) \($0.source) \($0.target) \($0.group ?? "") \($0.quantifier)"
        }
        let callback = try #require(
            agent.guidelines.first { $0.content.condition == "The customer asks for a phone call" })
        let unclear = try #require(agent.guidelines.last)
        #expect(
            relations == [
                #"reevaluation guideline(offer_savings) tool(bank:check_balance)  all"#,
                #"priority guideline(calm_upset_customer) guideline(offer_savings)  all"#,
                #"priority guideline(calm_upset_customer) tag(journey:transfer_money)  all"#,
                #"dependency guideline(\#(callback.id)) guideline(after_hours)  all"#,
                #"entailment guideline(show_balance) guideline(be_formal)  all"#,
                #"disambiguation guideline(\#(unclear.id)) guideline(show_balance)  all"#,
                #"disambiguation guideline(\#(unclear.id)) tag(journey:transfer_money)  all"#,
                #"dependency guideline(offer_savings) guideline(show_balance) 1 all"#,
                #"dependency guideline(offer_savings) tag(tag_1) 1 any"#,
            ])
        #expect(agent.variables.map(\.name) == ["subscription_plan"])
        #expect(agent.variables.first?.freshness?.source == "0 * * * *")
        #expect(agent.variableValues.map(\.key) == ["DEFAULT", "tag:tag_1"])
        #expect(agent.variableValues.map(\.data) == ["basic", "gold"])
        #expect(agent.retrievers.map(\.id) == ["faq"])
        #expect(agent.hooks.map(\.step) == [.messageGenerated])
        let transfer = try #require(agent.journeys.first)
        #expect(transfer.cannedResponses.count == 1)
        #expect(!agent.agentCannedResponses.contains(transfer.cannedResponses[0]))
        let confirm = try #require(transfer.graph?.state("confirm"))
        #expect(confirm.compositionMode == .strict)
        #expect(
            confirm.cannedResponses.compactMap { id in agent.cannedResponses.first { $0.id == id }?.template.source }
                == ["Shall I send {{generative.amount}} to {{generative.recipient}}?"])
        #expect(confirm.next.transitions.last?.target == .end)
        #expect(transfer.graph?.state("outcome")?.kind == .fork)
        #expect(transfer.graph?.state("apologise")?.handlers == [.onSelected])
    }
}
