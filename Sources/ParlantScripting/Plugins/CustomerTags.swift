import ParlantCore

/// Turns tags of a service into ours and back: the service knows groups by their names, and the stores by ids.
///
/// What is no tag of ours passes as it is, in both directions, so that nothing is lost on the way.
struct CustomerTags: Sendable {
    /// Nil: tags are the same on both sides.
    let store: (any TagStore)?

    /// The customer with ids in place of the names that are tags.
    func inward(_ customer: Customer) async throws -> Customer {
        guard store != nil, !customer.tags.isEmpty else { return customer }
        var customer = customer
        var ids = OrderedSet<TagID>()
        for name in customer.tags { ids.append(try await id(of: name)) }
        customer.tags = ids
        return customer
    }

    func outward(_ draft: CustomerDraft) async throws -> CustomerDraft {
        var draft = draft
        draft.tags = OrderedSet(try await names(of: Array(draft.tags)))
        return draft
    }

    func outward(_ change: CustomerChange) async throws -> CustomerChange {
        var change = change
        if let replacement = change.tags.replacement {
            change.tags.replacement = OrderedSet(try await names(of: Array(replacement)))
        }
        change.tags.add = try await names(of: change.tags.add)
        change.tags.remove = try await names(of: change.tags.remove)
        return change
    }

    func outward(_ query: CustomerQuery) async throws -> CustomerQuery {
        var query = query
        query.tags = try await names(of: query.tags)
        return query
    }

    private func id(of name: TagID) async throws -> TagID {
        try await store?.list(name: name.rawValue).first?.id ?? name
    }

    private func names(of ids: [TagID]) async throws -> [TagID] {
        guard let store else { return ids }
        var names: [TagID] = []
        for id in ids {
            do {
                names.append(TagID(try await store.read(id).name))
            } catch let error as StoreError where error.code == .notFound {
                names.append(id)
            }
        }
        return names
    }
}
