/// Where a customer's data is, for those who export or erase it.
public enum CustomerPlace: Sendable {
    /// In stores that no server uses now.
    case stores(StorePlan)
    /// At a running server, with this base address, as `http://127.0.0.1:8800`.
    case server(String)
}
