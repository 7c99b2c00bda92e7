public import ParlantCore
public import ParlantScripting

/// Makes the tags and customers that scripts speak of, customers with their documents.
public struct ScriptIntroduction: Sendable {
    let customers: any CustomerStore
    let tags: any TagStore
    let documents: any EntityStore<Document>

    /// Makes them in these stores.
    public init(customers: any CustomerStore, tags: any TagStore, documents: any EntityStore<Document>) {
        self.customers = customers
        self.tags = tags
        self.documents = documents
    }

    /// Makes what is missing; what exists already stays as it is. Customers that an earlier load defined were made then:
    /// one that was deleted since is not made again.
    ///
    /// - Returns: The scripts with the store's ids for tags.
    /// - Throws: ``ConfigurationError`` for a customer that cannot be made; what was made before it stays.
    public func introduce(_ scripts: LoadedScripts, after earlier: LoadedScripts?) async throws -> LoadedScripts {
        var ids: [String: TagID] = [:]
        for name in scripts.tagNames { ids[name] = try await tags.ensure(name: name).id }
        let known = Set(earlier?.customers([:]).compactMap(\.id) ?? [])
        for draft in scripts.customers(ids) where draft.id.map(known.contains) != true {
            do {
                try await create(draft, scripts)
            } catch let error as StoreError where error.code == .alreadyExists {
                continue
            } catch let error as StoreError {
                let id = draft.id?.rawValue ?? draft.name
                throw ConfigurationError(
                    "the customer '\(id)', which a script defines, cannot be created: \(error.message)")
            }
        }
        return scripts.resolvingTags(ids)
    }

    /// Documents come first, so that nobody sees the customer without them; making them once more after a crash makes no
    /// others.
    private func create(_ draft: CustomerDraft, _ scripts: LoadedScripts) async throws {
        if let id = draft.id, case let given = scripts.documents(of: id), !given.isEmpty {
            guard try await customers.find(id) == nil else { return }
            for document in given { try await documents.save(document) }
        }
        _ = try await customers.create(draft)
    }
}
