import Foundation
import LuaRuntime
import ParlantCore
import Testing

@testable import ParlantScripting

@Suite("Types for editors")
struct EditorTypesTests {
    private struct Field {
        var name: String
        var isOptional: Bool
        /// The text above it.
        var doc: String
        /// Its type, and what follows.
        var rest: String
    }

    private static let lines = EditorTypes.module.split(separator: "\n", omittingEmptySubsequences: false)

    /// Fields of a class of the stub.
    private func fields(of name: String) -> [Field] {
        var found: [Field] = []
        var isInside = false
        var doc = ""
        for line in Self.lines {
            if line.hasPrefix("---@class") { isInside = line.hasSuffix(" \(name)") }
            guard isInside else { continue }
            if line.isEmpty { isInside = false }
            if line.hasPrefix("--- ") { doc = String(line.dropFirst(4)) }
            guard line.hasPrefix("---@field ") else { continue }
            let words = line.split(separator: " ", maxSplits: 2)
            found.append(
                Field(
                    name: String(words[1].replacing("?", with: "")), isOptional: words[1].hasSuffix("?"), doc: doc,
                    rest: String(words[2])))
        }
        return found
    }

    @Test("have the names, the optionality and the defaults of every table that validates")
    func records() {
        var names = LuaTypeNames()
        let records = EditorTypes.records(&names)
        #expect(Set(records.map(\.name)).count == records.count)
        for (_, schema) in SchemaTests.all {
            #expect(records.contains { $0.schema.fields.map(\.doc) == schema.fields.map(\.doc) })
        }
        for (name, schema) in records {
            let fields = fields(of: name)
            #expect(fields.map(\.name) == schema.fields.map(\.name), "\(name)")
            #expect(fields.map(\.isOptional) == schema.fields.map { !$0.required }, "\(name)")
            for (field, known) in zip(fields, schema.fields) {
                let text = known.doc + (known.defaultText.map { " (default: `\($0)`)" } ?? "")
                #expect(field.doc == text, "\(name).\(known.name)")
                if case .choice(let words) = known.type {
                    #expect(field.rest == words.map { "\"\($0)\"" }.joined(separator: "|"))
                }
            }
        }
    }

    @Test("have every word of every handle and of the module", arguments: EntityKind.allCases)
    func handles(kind: EntityKind) {
        #expect(fields(of: "parlant").map(\.name) == Vocabulary.module.words)
        if kind != .void { #expect(fields(of: kind.luaName).map(\.name) == Vocabulary.handle(kind).words) }
    }

    @Test("have in each kind of context what that kind of handler has, down to the last method")
    func contexts() {
        #expect(Set(ContextDocs.members.keys) == ContextMembers.paths)
        for kind in HandlerKind.allCases {
            var found: Set<String> = []
            func walk(_ path: String, _ name: String) {
                for field in fields(of: name) {
                    found.insert("\(path).\(field.name)")
                    let type = field.rest.prefix { $0 != " " }
                    if type.hasPrefix("parlant.Context") { walk("\(path).\(field.name)", String(type)) }
                }
            }
            walk("ctx", LuaTypeNames.contextName(kind))
            #expect(found == ContextMembers.paths.filter { ContextMembers.kinds(of: $0).contains(kind) }, "\(kind)")
        }
    }

    @Test("give every handler the context of its kind, and every parameter a type")
    func handlers() {
        let expected = [
            "ToolSpec.run": "Tool", "RetrieverSpec.run": "Retriever", "GuidelineSpec.matcher": "Matcher",
            "GuidelineSpec.on_message": "OnMessage", "JourneyState.on_selected": "OnSelected",
            "Parameter.adapter": "Validate", "Parameter.choices": "Choices", "PluginHook.error": "PluginHook",
            "PluginNlp.embed": "Provider", "PluginCustomerStore.find": "CustomerStore", "PluginSpec.save": "Plugin",
            "GuidelineSpec.canned_response_fields": "CannedResponseFields",
        ]
        for (path, kind) in expected {
            let parts = path.split(separator: ".").map(String.init)
            let field = fields(of: "parlant.\(parts[0])").first { $0.name == parts[1] }
            #expect(field?.rest.contains("fun(ctx: parlant.\(kind)Context") == true, "\(path): \(field?.rest ?? "nil")")
        }
        #expect(!EditorTypes.module.contains(#/fun\(ctx[,)]/#))
        #expect(!EditorTypes.module.contains(#/fun\(ctx: [\w.]+, [a-z]+[,)]/#))
    }

    @Test("name only classes that there are")
    func classes() {
        let text = EditorTypes.module
        let defined = Set(text.matches(of: #/---@(?:class|alias) (?:\(exact\) )?([\w.]+)/#).map { String($0.1) })
        for line in text.split(separator: "\n") where line.hasPrefix("---@") {
            for match in line.matches(of: #/parlant\.\w+/#) {
                #expect(defined.contains(String(match.0)), "\(match.0)")
            }
        }
    }

    @Test("are Lua that refuses to be loaded", arguments: [EditorTypes.module, EditorTypes.json])
    func refusal(text: String) async throws {
        let result = try await Loader().load(["agents/stub.lua": text])
        guard case .failure(let problems) = result else {
            Issue.record("the stub loads")
            return
        }
        #expect("\(problems)".contains("read by editors, never loaded by the server"), "\(problems)")
    }

    private func file(_ name: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: name), encoding: .utf8)
    }

    @Test("are as they are for luacheck, whose rules are up to date: else run 'make reference'")
    func luacheck() throws {
        #expect(try file(".luacheckrc") == LuacheckRules.file)
        #expect(LuacheckRules.file.hasPrefix(LuacheckRules.mark + "\n"))
        #expect(LuacheckRules.file.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test("have the words of the module for JSON, which that module has")
    func json() async throws {
        let lines = EditorTypes.json.split(separator: "\n")
        for word in EditorTypes.jsonWords {
            #expect(lines.contains { $0.hasPrefix("function json.\(word)(") || $0 == "---@field \(word) parlant.null" })
        }
        let words = EditorTypes.jsonWords.map { "json.\($0) ~= nil" }.joined(separator: " and ")
        let text = """
            local parlant = require "parlant"
            local json = require "parlant.json"
            assert(\(words))
            return parlant.agent { name = "A", description = "B" }
            """
        guard case .success = try await Loader().load(["agents/a.lua": text]) else {
            Issue.record("a word is missing in parlant.json")
            return
        }
    }

    @Test("stand in the reference, which is up to date: else run 'make reference'")
    func reference() throws {
        let page = try file("docs/reference.md")
        #expect(page == Reference.page)
        for kind in EntityKind.allCases where kind.schema != nil {
            #expect(page.contains("### `\(EditorTypes.specName(kind))`"))
        }
    }
}
