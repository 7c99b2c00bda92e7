public import Logging
public import ParlantCore
public import ParlantEngine

/// What the API works with; all of it is shared with the rest of the server.
public struct APIServices: Sendable {
    /// Customers, the guest among them.
    public var customers: any CustomerStore
    /// Tags that customers may be given.
    public var tags: any TagStore
    /// Everything else: what scripts define, read anew for each request, above what was created over REST. The engine
    /// must know the same agents.
    public var entities: EntityCatalog
    /// Sessions and events go through the engine and nowhere else.
    public var engine: EventEngine
    /// Makes the trace of each request that posts.
    public var ids: any IDGenerator
    /// Measures, and ends the wait for bodies that do not come; else the API waits on nothing but the engine.
    public var clock: any TimeSource
    /// Gets one line for each fault of ours and for each request with unknown fields.
    public var logger: Logger
    /// Further members for `checks` of `GET /healthz`: objects with a `status` of "healthy", "degraded" or
    /// "unhealthy". The worst of them is the status of the whole. Called for each request: answer at once.
    public var health: @Sendable () -> JSONObject
    /// What one request may hold.
    public var limits: APILimits
    /// What requests must bring; nil: anybody may do everything.
    public var token: APIToken?
    /// Judges customers' messages that are posted with `moderation=auto` or `paranoid`; nil: nobody does.
    public var moderation: (any ModerationService)?
    /// Writes what is kept of a customer as a file; nil: there is no such route.
    public var exporter: (any CustomerExporter)?
    /// Removes everything that is kept of a customer; nil: there is no such route.
    public var erasure: CustomerErasure?
    /// Where `/logs` gets the log's lines from; whoever makes ``logger`` feeds it.
    public var logs = LogHub()
    /// A web page that is served at `/chat/`; nil: none.
    public var chat: WebFolder?

    var agents: any AgentCatalog { entities.agents }

    /// Gathers what the API works with; nothing is called yet.
    public init(
        customers: any CustomerStore, tags: any TagStore, entities: EntityCatalog, engine: EventEngine,
        ids: any IDGenerator, clock: any TimeSource, logger: Logger,
        health: @escaping @Sendable () -> JSONObject = { [:] }, limits: APILimits = .init()
    ) {
        self.customers = customers
        self.tags = tags
        self.entities = entities
        self.engine = engine
        self.ids = ids
        self.clock = clock
        self.logger = logger
        self.health = health
        self.limits = limits
    }
}
