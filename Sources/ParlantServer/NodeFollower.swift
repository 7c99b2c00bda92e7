import Logging
import ParlantCore
import ParlantEngine

/// Hears what other servers on the same database do, and passes it on: events to the engine, entities to their copies.
struct NodeFollower: ChangeFollower {
    private let engine: EventEngine
    private let renewal: EntityRenewal

    init(engine: EventEngine, entities: EntityCatalog, logger: Logger) {
        self.engine = engine
        renewal = EntityRenewal(renew: entities.renew) { kind, error in
            logger.warning(
                "what another server changed could not be read", metadata: ["kind": "\(kind)", "error": "\(error)"])
        }
    }

    var isWaiting: Bool { engine.isWaiting }

    func follow(_ change: RemoteChange) {
        engine.follow(change)
        switch change {
        case .entities(let kind): renewal.changed([kind])
        case .anything: renewal.changed(MirroredKind.allCases)
        case .appended, .updated, .asked, .truncated, .deleted: break
        }
    }
}
