import LuaRuntime
import ParlantCore

/// `ctx.memories`.
extension ContextServices {
    /// Most memories that one search brings, and as many as it brings unless it is told.
    private static let (mostFound, usuallyFound) = (50, 5)
    private static let rememberOptions = ["importance", "entities"]

    var memories: [HostFunction] {
        [
            .waiting("memories_search") { call in
                let name = "ctx.memories:search"
                let context = try CallScope.of(call, name).conversation(name)
                let query = call.argument(0)
                guard query.isAbsent || query.text != nil else {
                    throw HostError("\(name): expected a string to search for, or nothing")
                }
                let given = call.argument(1)
                guard let limit = given.isAbsent ? Int64(Self.usuallyFound) : given.int,
                    (1...Int64(Self.mostFound)).contains(limit)
                else { throw HostError("\(name): limit: expected a whole number from 1 to \(Self.mostFound)") }
                let found = try await Self.attempt(name) {
                    try await context.effects.memories.search(query.text, limit: Int(limit))
                }
                return [.array(found.map(Self.lua))]
            },
            .waiting("memories_remember") { call in
                let name = "ctx.memories:remember"
                let context = try CallScope.of(call, name).conversation(name)
                let draft = try Self.draft(call, name)
                guard !context.customer.isGuest else {
                    throw HostError(
                        "\(name): the guest is everybody that nobody knows; look at ctx.customer.is_guest first")
                }
                // A turn that was cancelled changes nothing any more.
                try Task.checkCancellation()
                do {
                    return [.string(try await context.effects.memories.remember(draft).id.rawValue)]
                } catch let error as StoreError where error.code == .protected {
                    return [.nil, .string(error.message)]
                } catch let error as StoreError {
                    throw HostError("\(name): \(error.message)")
                }
            },
            .waiting("memories_forget") { call in
                let name = "ctx.memories:forget"
                let context = try CallScope.of(call, name).conversation(name)
                guard let id = call.argument(0).text else { throw HostError("\(name): expected the id of a memory") }
                try Task.checkCancellation()
                return [
                    .boolean(
                        try await Self.attempt(name) { try await context.effects.memories.forget(MemoryID(id)) })
                ]
            },
        ]
    }

    private static func draft(_ call: HostCall, _ name: String) throws -> MemoryDraft {
        guard let text = call.argument(0).text else { throw HostError("\(name): expected a string") }
        guard text.contains(where: { !$0.isWhitespace }) else { throw HostError("\(name): \(Wording.emptyText)") }
        var draft = MemoryDraft(text)
        let options = call.argument(1)
        guard !options.isAbsent else { return draft }
        guard let fields = options.fields else {
            throw HostError("\(name): options: expected a table with named fields")
        }
        for field in fields {
            switch field.key {
            case "importance":
                guard let importance = field.value.double, (0...1).contains(importance) else {
                    throw HostError("\(name): importance: expected a number from 0 to 1")
                }
                draft.importance = importance
            case "entities":
                guard let items = field.value.items, case let names = items.compactMap(\.text),
                    names.count == items.count
                else { throw HostError("\(name): entities: expected a list of strings") }
                draft.entities = names
            default:
                let hint = Wording.didYouMean(field.key, among: rememberOptions)
                throw HostError("\(name): unknown option '\(field.key)'\(hint)")
            }
        }
        return draft
    }

    private static func lua(_ found: FoundMemory) -> LuaValue {
        let memory = found.memory.entity
        return .object([
            LuaField("id", .string(memory.id.rawValue)), LuaField("text", .string(memory.content)),
            LuaField("kind", .string(memory.kind.rawValue)),
            LuaField("entities", .array(memory.entities.map(LuaValue.string))),
            LuaField("importance", .number(memory.importance)),
            LuaField("at", .string((memory.moment ?? found.memory.createdAt).description)),
            LuaField("score", .number(found.score)),
        ])
    }

    /// Runs a call; its refusal becomes an error at the script's line.
    private static func attempt<Value: Sendable>(
        _ name: String, _ body: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let error as StoreError {
            throw HostError("\(name): \(error.message)")
        }
    }
}
