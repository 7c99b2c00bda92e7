import ParlantCore
import ParlantEngine

/// Deletes customers, and what else there is of them where the client asks for it.
struct CustomerDeletion: Sendable {
    private let customers: any CustomerStore
    private let variables: any EntityStore<ContextVariable>
    private let values: any EntityStore<VariableValue>
    private let knowledge: Knowledge
    private let engine: EventEngine

    init(_ services: APIServices) {
        customers = services.customers
        variables = services.entities.variables
        values = services.entities.values
        knowledge = services.entities.knowledge
        engine = services.engine
    }

    /// Deletes the customer with their documents and memories and what scripts keep for them; with `isCascade` the
    /// sessions that are theirs now, all events in them, and their values of variables as well, and these first, so that
    /// a request that failed half-way can be sent again.
    func delete(_ id: CustomerID, isCascade: Bool) async throws {
        if try await !customers.read(id).isGuest {
            try customers.checkDeletion(of: id)
            if isCascade {
                try await engine.deleteSessions(SessionQuery(customerID: id))
                try await deleteValues(of: id)
            }
            // Before the customer: whoever gets the id next must not inherit them.
            try await knowledge.deleteAll(of: .customer(id))
        }
        try await customers.delete(id)
        // What came in between; whoever comes later finds no customer.
        try await knowledge.deleteAll(of: .customer(id))
        try await engine.forgetCustomer(id)
    }

    private func deleteValues(of id: CustomerID) async throws {
        for variable in try await variables.list() {
            do {
                try await values.delete(VariableValue.id(variable.entity.id, id.rawValue))
            } catch let error as StoreError where error.code == .notFound {
                continue
            }
        }
    }
}
