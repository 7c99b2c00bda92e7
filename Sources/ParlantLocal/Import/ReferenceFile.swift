import Logging
import ParlantCore
import ParlantStores

/// A file that Parlant's own server has written where ours would be: an object of collections, one of them `metadata`
/// with the version of its store.
///
/// Customers, tags, and sessions with their events are taken over as version 3.3 writes them. A copy of the file is kept
/// beside the new one.
struct ReferenceFile {
    /// Ending of the copies.
    static let ending = "parlant-3.3"
    /// Versions that are read, by collection.
    private static let versions = [
        "customers": "0.1.0", "customer_tag_associations": "0.1.0", "tags": "0.1.0", "sessions": "0.9.0",
        "events": "0.9.0",
    ]

    private let name: String
    private let bytes: [UInt8]
    private let collections: JSONObject

    /// Nil when the file was not written by Parlant's server.
    ///
    /// - Throws: ``DiskError``, ``FileDamage`` for what is no JSON.
    init?(_ name: String, _ disk: any Disk) throws {
        guard let bytes = try disk.read(name) else { return nil }
        do {
            guard let collections = try JSONParser.parse(bytes).object,
                collections["metadata"]?.array?.first?["version"]?.string != nil,
                collections.values.allSatisfy({ $0.array != nil })
            else { return nil }
            self.collections = collections
        } catch {
            throw FileDamage(notJSON: error.message, at: error.position, bytes, name)
        }
        self.name = name
        self.bytes = bytes
    }

    /// Takes over what is in the file.
    ///
    /// - Returns: What was taken over, in words; nil for a file of which we take nothing.
    /// - Throws: ``FileDamage`` that names what cannot be read.
    func load(into contents: Contents) throws(FileDamage) -> String? {
        do throws(StoredFormError) {
            switch name {
            case "customers.json": return try loadCustomers(contents.customers)
            case "tags.json": return try loadTags(contents.tags)
            case "sessions.json": return try loadSessions(contents)
            default: return nil
            }
        } catch {
            throw FileDamage(file: name, line: nil, problem: "\(error); move the file away to begin without it")
        }
    }

    private func loadCustomers(_ table: Table<Customer>) throws(StoredFormError) -> String {
        var tags: [CustomerID: [TagID]] = [:]
        for fields in try documents("customer_tag_associations") {
            let customer: CustomerID = try fields.id("customer_id")
            tags[customer, default: []].append(try fields.id("tag_id"))
        }
        var count = 0
        var hasGuest = false
        for fields in try documents("customers") {
            let id: CustomerID = try fields.id("id")
            // The guest is in no table: there would be two.
            guard id != Customer.guestID else {
                hasGuest = true
                continue
            }
            // Whoever reads an id there gets the first document that has it.
            guard table.published(id.rawValue) == nil else { continue }
            table.load(
                Customer(
                    id: id, createdAt: try fields.moment("creation_utc"), name: try fields.string("name"),
                    metadata: try fields.json("extra"), tags: OrderedSet(tags[id] ?? [])))
            count += 1
        }
        return "\(count) customers\(hasGuest ? ", without the one with the id 'guest', who is built in" : "")"
    }

    private func loadTags(_ table: Table<Tag>) throws(StoredFormError) -> String {
        let tags = try documents("tags")
        for fields in tags {
            table.load(
                Tag(
                    id: try fields.id("id"), name: try fields.string("name"),
                    createdAt: try fields.moment("creation_utc")))
        }
        return "\(tags.count) tags"
    }

    /// Without what agents remember: it names guidelines by ids that nobody has any more.
    private func loadSessions(_ contents: Contents) throws(StoredFormError) -> String {
        let sessions = try documents("sessions")
        for fields in sessions {
            var offsets: OrderedDictionary<String, Int> = [:]
            for (consumer, offset) in try fields.json("consumption_offsets") {
                offsets[consumer] = offset.integer.map(Int.init)
            }
            let session = Session(
                id: try fields.id("id"), agentID: try fields.id("agent_id"), customerID: try fields.id("customer_id"),
                createdAt: try fields.moment("creation_utc"), title: try fields.optionalString("title"),
                mode: try fields.choice("mode"), consumptionOffsets: offsets, metadata: try fields.json("metadata"),
                labels: OrderedSet(try fields.strings("labels")))
            contents.sessions.load(session)
            contents.events.load([.begin], of: session.id)
        }
        let events = try documents("events")
        for fields in events {
            let session: SessionID = try fields.id("session_id")
            guard contents.sessions.published(session.rawValue) != nil else { continue }
            let event = Event(
                id: try fields.id("id"), source: try fields.choice("source"), kind: try fields.choice("kind"),
                offset: try fields.offset("offset"), createdAt: try fields.moment("creation_utc"),
                traceID: try fields.id("trace_id"), data: try fields.value("data"),
                metadata: try fields.json("metadata"))
            // A deleted event leaves its offset used.
            let isDeleted = try fields.flag("deleted")
            contents.events.load([.put(event)] + (isDeleted ? [.cut(event.offset)] : []), of: session)
        }
        return "\(sessions.count) sessions with \(events.count) events"
    }

    /// The documents of a collection; none when it is not there.
    private func documents(_ collection: String) throws(StoredFormError) -> [FieldReader] {
        var documents: [FieldReader] = []
        for document in collections[collection]?.array ?? [] {
            let fields = FieldReader(document.object ?? [:], of: "document of '\(collection)'")
            let version = try fields.string("version")
            guard version == Self.versions[collection] else {
                throw fields.error(
                    "version", "is '\(version)', and we read what Parlant 3.3 writes; let that version migrate it first"
                )
            }
            documents.append(fields)
        }
        return documents
    }

    /// Keeps a copy, under a name that is free.
    func keepAside(_ disk: any Disk, _ taken: String?, _ logger: Logger) throws(DiskError) {
        var copy = "\(name).\(Self.ending)"
        var number = 1
        while let there = try disk.read(copy), there != bytes {
            number += 1
            copy = "\(name).\(Self.ending)-\(number)"
        }
        try disk.replace(copy, with: bytes)
        try disk.syncFolder("")
        logger.notice(
            """
            \(name) was written by Parlant's own server: \(taken.map { "took over \($0)" } ?? "took over nothing of it"), \
            and kept a copy in \(copy)
            """)
    }
}
