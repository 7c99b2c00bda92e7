import HTTPTypes
import ParlantCore

/// `/users/{user_id}/docs` and `/agents/{agent_id}/docs`.
struct DocumentRoutes: Sendable {
    /// Who may have documents, and what the routes are called for them.
    private enum Owners: String, Sendable {
        case user, agent

        var path: String { "/\(rawValue)s/{\(rawValue)_id}/docs" }
    }

    private let documents: OwnedDocuments
    private let users: Users
    private let agents: any AgentCatalog
    private let limits: APILimits
    private let clock: any TimeSource

    init(_ services: APIServices) {
        documents = OwnedDocuments(services)
        users = Users(services)
        agents = services.agents
        limits = services.limits
        clock = services.clock
    }

    func add(to table: inout RouteTable) {
        add(.user, to: &table)
        add(.agent, to: &table)
    }

    private func add(_ owners: Owners, to table: inout RouteTable) {
        table.on(
            .post, owners.path, .create(owners.rawValue), body: { [limits] body in DocumentDraft(body: &body, limits) }
        ) { [self] call, draft in try await create(draft, try await owner(owners, call)) }
        table.on(.get, owners.path, .list(owners.rawValue), query: { ListParameters(query: &$0) }) {
            [self] call, parameters in
            let found = try await documents.list(of: try await owner(owners, call), parameters)
            return .json(capacity: 64 + found.count * 512) { writer in
                writer.beginObject()
                writer.key("items")
                writer.array(found, Document.write)
                writer.endObject()
            }
        }
        table.on(.delete, "\(owners.path)/{doc_id}", .delete(owners.rawValue)) { [self] call in
            let id = DocumentID(call.parameters[1])
            try await documents.delete(id, of: try await owner(owners, call))
            return Receipt.deleted.reply(id.rawValue, at: clock.now)
        }
    }

    private func create(_ draft: DocumentDraft, _ owner: KnowledgeOwner) async throws -> Reply {
        let made = try await documents.create([draft], of: owner)
        // Whoever erases a customer meanwhile must not leave a document behind.
        if case .customer(let id) = owner {
            do {
                _ = try await users.read(id)
            } catch {
                await documents.undo(made)
                throw error
            }
        }
        documents.prepare(owner)
        return Receipt.created.reply(made[0].entity.id.rawValue, at: made[0].createdAt)
    }

    /// - Throws: 404 when there is no such user or agent.
    private func owner(_ owners: Owners, _ call: Call) async throws -> KnowledgeOwner {
        let id = call.parameters[0]
        switch owners {
        case .user: return .customer(try await users.read(CustomerID(id)).id)
        case .agent:
            guard let agent = agents.snapshot(of: AgentID(id))?.agent else { throw APIError.itemNotFound(id) }
            return .agent(agent.id)
        }
    }
}

extension Operation {
    fileprivate static func create(_ owner: String) -> Operation {
        Operation(
            "create_\(owner)_doc", in: "docs", as: "create_\(owner)_doc", "Give a document to \(article(owner))",
            about: "content is a text, or a list of texts. The document can be searched at once.",
            Receipt.created.answer, refusing: [.notFound, .conflict])
    }

    fileprivate static func list(_ owner: String) -> Operation {
        Operation(
            "list_\(owner)_docs", in: "docs", as: "list_\(owner)_docs", "List the documents of \(article(owner))",
            about: "The newest first. metadata_filter is a JSON object: documents whose metadata has these members.",
            .ok(.named("DocList", .record(["items": .list(Document.schema)]))), refusing: [.notFound])
    }

    fileprivate static func delete(_ owner: String) -> Operation {
        Operation(
            "delete_\(owner)_doc", in: "docs", as: "delete_\(owner)_doc", "Delete a document of \(article(owner))",
            Receipt.deleted.answer, refusing: [.notFound])
    }

    private static func article(_ owner: String) -> String { owner == "agent" ? "an agent" : "a user" }
}
