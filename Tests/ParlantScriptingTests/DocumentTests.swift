import ParlantCore
import Testing

@Suite("ctx.customer:documents")
struct DocumentTests {
    private static let documents = [
        Document(
            id: "d1", owner: .customer("cust_jane"), title: "Roof invoice", content: .text("The flashing cost 262.50."),
            metadata: ["year": 2025]),
        Document(id: "d2", owner: .customer("cust_jane"), title: "Policy", content: .parts(["Storm.", "Hail."])),
    ]

    private func data(_ body: String) async throws -> (data: JSONValue, log: [String]) {
        var caller = try await Loader().caller(run: body)
        caller.effects = EffectRecorder(documents: Self.documents)
        return (try await caller.data(), caller.effects.log)
    }

    @Test("a query brings passages with their documents, the best five unless told otherwise")
    func query() async throws {
        let all = try await data("return ctx.customer:documents \"flashing\"")
        #expect(
            all.data.array?.first == [
                "id": "d1", "title": "Roof invoice", "metadata": ["year": 2025], "text": "The flashing cost 262.50.",
                "passage": 1, "score": 0.5,
            ])
        #expect(all.data.array?.count == 2)
        #expect(all.log == ["documents 'flashing' 5"])
        let one = try await data("return #ctx.customer:documents(\"flashing\", 1)")
        #expect(one.data == 1)
        #expect(one.log == ["documents 'flashing' 1"])
    }

    @Test("without a query all documents come by id, title and metadata")
    func list() async throws {
        let all = try await data("return ctx.customer:documents()")
        #expect(
            all.data == [
                ["id": "d1", "title": "Roof invoice", "metadata": ["year": 2025]],
                ["id": "d2", "title": "Policy", "metadata": [:]],
            ])
        #expect(all.log.isEmpty)
    }

    @Test(
        "what is no query or no limit is refused at its line",
        arguments: [
            ("ctx.customer:documents(5)", "expected a string as the query"),
            ("ctx.customer:documents(\"x\", 0)", "expected a whole number from 1 to 50 as the limit"),
            ("ctx.customer:documents(\"x\", \"many\")", "expected a whole number from 1 to 50 as the limit"),
        ])
    func refused(call: String, problem: String) async throws {
        let answer = try await data("return \(call)").data.string ?? ""
        #expect(answer.contains(":6: ctx.customer:documents: \(problem)"), "\(answer)")
    }
}
