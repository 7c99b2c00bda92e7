import LuaRuntime
import ParlantCore

/// `ctx.customer:documents`.
extension ContextServices {
    private static let usualLimit: Int64 = 5
    private static let largestLimit: Int64 = 50

    var customerDocuments: HostFunction {
        .waiting("customer_documents") { call in
            let name = "ctx.customer:documents"
            let effects = try CallScope.of(call, name).conversation(name).effects
            let (query, number) = (call.argument(0), call.argument(1))
            guard query.isAbsent || query.text != nil else {
                throw HostError("\(name): expected a string as the query")
            }
            guard let limit = number.isAbsent ? Self.usualLimit : number.int, (1...Self.largestLimit).contains(limit)
            else {
                throw HostError("\(name): expected a whole number from 1 to \(Self.largestLimit) as the limit")
            }
            do {
                guard let query = query.text else {
                    return [.array(try await effects.customerDocuments().map(Self.listed))]
                }
                let found = try await effects.customerDocuments(answering: query, limit: Int(limit))
                return [.array(found.map(Self.found))]
            } catch let error as StoreError {
                throw HostError("\(name): \(error.message)")
            }
        }
    }

    private static func listed(_ document: Document) -> LuaValue {
        let value: JSONObject = [
            "id": .string(document.id.rawValue), "title": .string(document.title),
            "metadata": .object(document.metadata),
        ]
        return JSONValue.object(value).lua
    }

    private static func found(_ passage: FoundPassage) -> LuaValue {
        let value: JSONObject = [
            "id": .string(passage.document.rawValue), "title": .string(passage.title),
            "metadata": .object(passage.metadata), "text": .string(passage.text),
            "passage": .integer(Int64(passage.number)), "score": .number(passage.score),
        ]
        return JSONValue.object(value).lua
    }
}
