import GRDB
import ParlantCore

/// The tables of a store, and how files of earlier versions become those of this one.
///
/// Steps have names, run once each and are never changed after a release: what changes is a new step.
enum Schema {
    /// `PRLT`: marks a file as ours.
    static let applicationID = 0x5052_4C54

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("properties") { try $0.execute(sql: properties) }
        migrator.registerMigration("customers and tags") { try $0.execute(sql: customers) }
        migrator.registerMigration("sessions and events") { try $0.execute(sql: sessions) }
        migrator.registerMigration("entries of scripts") { try $0.execute(sql: keyValues) }
        migrator.registerMigration("entities") { try $0.execute(sql: entities) }
        migrator.registerMigration("open turns") { try $0.execute(sql: openTurns) }
        migrator.registerMigration("events in their order") { try $0.execute(sql: eventsInOrder) }
        migrator.registerMigration("customers by change") { try $0.execute(sql: customersByChange) }
        return migrator
    }

    /// Refuses files that are not ours or too new, before anything is written.
    static func check(_ database: any DatabaseReader) throws {
        try database.read { database in
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            guard tables > 0 else { return }
            guard try Int.fetchOne(database, sql: "PRAGMA application_id") == applicationID else {
                throw SchemaProblem("the file is a database of another program; name another file")
            }
            let known = Set(migrator.migrations)
            let unknown = try migrator.appliedIdentifiers(database).subtracting(known).sorted()
            guard unknown.isEmpty else {
                throw SchemaProblem(
                    "the file was written by a newer version of this program, which changed '"
                        + unknown.joined(separator: "', '") + "'; update the program, or name another file")
            }
        }
    }

    /// Brings the tables up to date.
    ///
    /// - Returns: When the file was made.
    static func prepare(_ database: any DatabaseWriter, now: Timestamp) throws -> Timestamp {
        try migrator.migrate(database)
        return try database.write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO properties (name, value) VALUES ('made_at', ?)",
                arguments: [now.description])
            let text = try String.fetchOne(database, sql: "SELECT value FROM properties WHERE name = 'made_at'")
            guard let madeAt = text.flatMap({ Timestamp($0) }) else {
                throw SchemaProblem("the file does not say when it was made; restore a backup")
            }
            return madeAt
        }
    }

    private static let properties = """
        PRAGMA application_id = \(applicationID);
        CREATE TABLE properties (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        """

    /// Filters have tables of their own, sorted as lists are: a filtered page reads what it shows.
    private static let customers = """
        CREATE TABLE customers (id TEXT NOT NULL PRIMARY KEY, created_at INTEGER NOT NULL, form TEXT NOT NULL);
        CREATE INDEX customers_by_creation ON customers (created_at, id);
        CREATE TABLE customer_tags (
          tag TEXT NOT NULL, created_at INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (tag, created_at, id)
        ) WITHOUT ROWID;
        CREATE TABLE customer_metadata (
          key TEXT NOT NULL, value TEXT NOT NULL, created_at INTEGER NOT NULL, id TEXT NOT NULL,
          PRIMARY KEY (key, value, created_at, id)
        ) WITHOUT ROWID;
        CREATE TABLE tags (id TEXT NOT NULL PRIMARY KEY, created_at INTEGER NOT NULL, name TEXT NOT NULL UNIQUE);
        CREATE INDEX tags_by_creation ON tags (created_at, id);
        """

    /// Lists by moment of change have indexes like those by creation.
    private static let customersByChange = """
        ALTER TABLE customers ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
        UPDATE customers SET updated_at = created_at;
        CREATE INDEX customers_by_change ON customers (updated_at, id);
        ALTER TABLE customer_tags ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
        UPDATE customer_tags SET updated_at = created_at;
        CREATE INDEX customer_tags_by_change ON customer_tags (tag, updated_at, id);
        ALTER TABLE customer_metadata ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
        UPDATE customer_metadata SET updated_at = created_at;
        CREATE INDEX customer_metadata_by_change ON customer_metadata (key, value, updated_at, id);
        """

    /// Of deleted events the last one leaves its offset and time, without an id: offsets are not used again.
    private static let sessions = """
        CREATE TABLE sessions (
          id TEXT NOT NULL PRIMARY KEY, created_at INTEGER NOT NULL, agent TEXT NOT NULL, customer TEXT NOT NULL,
          form TEXT NOT NULL
        );
        CREATE INDEX sessions_by_creation ON sessions (created_at, id);
        CREATE INDEX sessions_by_agent ON sessions (agent, created_at, id);
        CREATE INDEX sessions_by_customer ON sessions (customer, created_at, id);
        CREATE INDEX sessions_by_both ON sessions (agent, customer, created_at, id);
        CREATE TABLE session_labels (
          label TEXT NOT NULL, created_at INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (label, created_at, id)
        ) WITHOUT ROWID;
        CREATE TABLE events (
          session TEXT NOT NULL, "offset" INTEGER NOT NULL, id TEXT, source TEXT, kind TEXT,
          created_at INTEGER NOT NULL, trace_id TEXT, data TEXT, metadata TEXT, revision INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (session, "offset")
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX events_by_id ON events (session, id);
        CREATE TABLE explanations (
          number INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT NOT NULL, trace_id TEXT NOT NULL,
          form TEXT NOT NULL, UNIQUE (session, trace_id)
        );
        """

    /// How much each owner has is counted along, so that a limit costs the same however much there is.
    private static let keyValues = """
        CREATE TABLE key_values (
          number INTEGER PRIMARY KEY, owner TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
          bytes INTEGER NOT NULL, ends_at INTEGER, UNIQUE (owner, key)
        );
        CREATE INDEX key_values_by_end ON key_values (ends_at) WHERE ends_at IS NOT NULL;
        CREATE TABLE key_value_owners (
          owner TEXT NOT NULL PRIMARY KEY, entries INTEGER NOT NULL, bytes INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TRIGGER key_value_added AFTER INSERT ON key_values BEGIN
          INSERT INTO key_value_owners (owner, entries, bytes) VALUES (NEW.owner, 1, NEW.bytes)
            ON CONFLICT (owner) DO UPDATE SET entries = entries + 1, bytes = bytes + NEW.bytes;
        END;
        CREATE TRIGGER key_value_changed AFTER UPDATE OF bytes ON key_values BEGIN
          UPDATE key_value_owners SET bytes = bytes + NEW.bytes - OLD.bytes WHERE owner = NEW.owner;
        END;
        CREATE TRIGGER key_value_removed AFTER DELETE ON key_values BEGIN
          UPDATE key_value_owners SET entries = entries - 1, bytes = bytes - OLD.bytes WHERE owner = OLD.owner;
          DELETE FROM key_value_owners WHERE owner = OLD.owner AND entries = 0;
        END;
        """

    private static let entities = """
        CREATE TABLE entities (
          kind TEXT NOT NULL, id TEXT NOT NULL, created_at INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 0,
          form TEXT NOT NULL, PRIMARY KEY (kind, id)
        );
        CREATE INDEX entities_by_creation ON entities (kind, created_at, id);
        CREATE TABLE entity_tags (
          kind TEXT NOT NULL, tag TEXT NOT NULL, created_at INTEGER NOT NULL, id TEXT NOT NULL,
          PRIMARY KEY (kind, tag, created_at, id)
        ) WITHOUT ROWID;
        """

    /// A few rows at any time, whatever else is in the file. The form is there once more than the columns is known.
    private static let openTurns = """
        CREATE TABLE open_turns (
          session TEXT NOT NULL, trace_id TEXT NOT NULL, cause INTEGER, opened_at INTEGER NOT NULL, form TEXT,
          PRIMARY KEY (session, trace_id)
        ) WITHOUT ROWID;
        """

    /// Rows in the order in which they come, and short indexes to find them by. Sorted by session each event changed a page
    /// of its own, and split one in four times; now those of one transaction share a page or two, and of the index by
    /// session short sessions share pages. By id, the id comes first: ids begin with the time, so that this index grows at
    /// its end.
    private static let eventsInOrder = """
        DROP INDEX events_by_id;
        ALTER TABLE events RENAME TO events_by_session;
        CREATE TABLE events (
          number INTEGER PRIMARY KEY, session TEXT NOT NULL, "offset" INTEGER NOT NULL, id TEXT, source TEXT, kind TEXT,
          created_at INTEGER NOT NULL, trace_id TEXT, data TEXT, metadata TEXT, revision INTEGER NOT NULL DEFAULT 0
        );
        INSERT INTO events (session, "offset", id, source, kind, created_at, trace_id, data, metadata, revision)
          SELECT session, "offset", id, source, kind, created_at, trace_id, data, metadata, revision
          FROM events_by_session;
        DROP TABLE events_by_session;
        CREATE UNIQUE INDEX events_by_offset ON events (session, "offset");
        CREATE UNIQUE INDEX events_by_id ON events (id, session);
        """
}

/// The tables of a file are not what they should be. One sentence without the file's name.
struct SchemaProblem: Error {
    var sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
