public import ParlantCore

/// Agents, tools and plugins as one load read them: a value that never changes. A later load makes another.
public struct LoadedScripts: AgentCatalog {
    /// Names of the tags that the scripts speak of, in order of appearance. Make sure that the store has them, then
    /// call ``resolvingTags(_:)``.
    public let tagNames: [String]
    /// What was loaded, for the start-up print.
    public let summary: LoadSummary

    private let snapshots: OrderedDictionary<AgentID, AgentSnapshot>
    private let customerContents: [BundleContents.CustomerContents]
    /// What plugins provide to the server itself, by name.
    let plugins: OrderedDictionary<String, PluginFunctions>

    init(
        tagNames: [String], summary: LoadSummary, snapshots: OrderedDictionary<AgentID, AgentSnapshot>,
        customers: [BundleContents.CustomerContents], plugins: OrderedDictionary<String, PluginFunctions>
    ) {
        self.tagNames = tagNames
        self.summary = summary
        self.snapshots = snapshots
        customerContents = customers
        self.plugins = plugins
    }

    public func agents() -> [Agent] { snapshots.values.map(\.agent) }

    public func snapshot(of id: AgentID) -> AgentSnapshot? { snapshots[id] }

    /// The same scripts with the store's ids for tags. Before that, a tag's id is its name.
    ///
    /// - Parameter ids: Id of each of ``tagNames``; a name that is missing is left out of what has it. The tag
    ///   `parlant.tags.preamble` has a fixed id of its own and needs no entry.
    public func resolvingTags(_ ids: [String: TagID]) -> LoadedScripts {
        let tags = TagResolution(ids: ids)
        let resolved = snapshots.mapValues(tags.resolve)
        return LoadedScripts(
            tagNames: tagNames, summary: summary, snapshots: resolved, customers: customerContents,
            plugins: plugins)
    }

    /// The customers that scripts define. Create those that are missing; never overwrite one that is there, because
    /// REST and handlers own it afterwards. Each draft has an id.
    ///
    /// - Parameter ids: As for ``resolvingTags(_:)``.
    public func customers(_ ids: [String: TagID]) -> [CustomerDraft] {
        customerContents.map { customer in
            CustomerDraft(
                id: customer.id, name: customer.name, about: customer.about, metadata: customer.metadata,
                tags: OrderedSet(customer.tagNames.compactMap { ids[$0] }))
        }
    }

    /// The documents with which a script defines a customer.
    public func documents(of customer: CustomerID) -> [Document] {
        customerContents.filter { $0.id == customer }.flatMap(\.documents)
    }
}

extension LoadedScripts: CustomStringConvertible {
    /// The ids of the agents: the whole would fill pages of a log.
    public var description: String { "scripts of \(snapshots.keys.map(\.rawValue).joined(separator: ", "))" }
}
