import GRDB
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantSQLite

@Suite("A SQLite file of an earlier version")
struct MigrationTests {
    private let clock = ManualClock()

    @Test("is brought up to date with all that is in it, and is the same as a new one then")
    func upgrade() async throws {
        try await withFolder { folder in
            let path = "\(folder)/a.db"
            let old = try DatabaseQueue(path: path)
            try await old.write { database in
                try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                try database.execute(sql: Self.firstVersion)
            }
            try old.close()

            let backend = try await SQLiteStores.open(path, clock: clock, ids: RandomIDGenerator())
            let stores = backend.stores
            let vip = try #require(try await stores.tags.list(name: "vip").first)
            #expect(vip.name == "vip")
            let jane = CustomerQuery(tags: [vip.id], metadata: ["plan": "gold"])
            #expect(try await stores.customers.list(jane).items.map(\.id) == ["jane"])
            let session = try #require(
                try await stores.sessions.list(SessionQuery(customerID: "jane", labels: ["open"])).items.first)
            #expect(session.title == "Brakes")
            let events = try await stores.sessions.events(of: session.id, matching: .init())
            #expect(events.map { EventData.text(of: $0.data) } == ["Message 1", "Message 2"])
            for event in events { #expect(try await stores.sessions.event(event.id, of: session.id) == event) }
            #expect(try await stores.entities.terms.list().map(\.entity.name) == ["brake"])
            let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "Message 3"])
            #expect(try await stores.sessions.append(draft, to: session.id).offset == 3, "2 was used and deleted")
            try await backend.close()

            try await SQLiteStores.open("\(folder)/new.db", clock: clock, ids: RandomIDGenerator()).close()
            let (upgraded, new) = (try await Self.schema(path), try await Self.schema("\(folder)/new.db"))
            #expect(upgraded == new)
        }
    }

    /// Tables, indexes and triggers.
    private static func schema(_ path: String) async throws -> Set<String> {
        let database = try DatabaseQueue(path: path)
        let statements = try await database.read {
            try String.fetchSet($0, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        }
        try database.close()
        return statements
    }

    /// What the first version wrote: a customer with a tag, a session with a label and three messages, a term. The last
    /// message was deleted. Never changed; a step that is added to the schema has to cope with it.
    private static let firstVersion = """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES('properties');
        INSERT INTO grdb_migrations VALUES('customers and tags');
        INSERT INTO grdb_migrations VALUES('sessions and events');
        INSERT INTO grdb_migrations VALUES('entries of scripts');
        INSERT INTO grdb_migrations VALUES('entities');
        CREATE TABLE properties (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        INSERT INTO properties VALUES('made_at','2026-11-29T02:53:04.524124Z');
        CREATE TABLE customers (id TEXT NOT NULL PRIMARY KEY, created_at INTEGER NOT NULL, form TEXT NOT NULL);
        INSERT INTO customers VALUES(
          'jane',1795920787637723,
          '{"version":1,"id":"jane","name":"Jane",' ||
          '"created_at":"2026-11-29T02:53:07.637723Z","metadata":{"plan":"gold"},"tags":["02K2ggkGL4"]}');
        CREATE TABLE customer_tags (
          tag TEXT NOT NULL, created_at INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (tag, created_at, id)
        ) WITHOUT ROWID;
        INSERT INTO customer_tags VALUES('02K2ggkGL4',1795920787637723,'jane');
        CREATE TABLE customer_metadata (
          key TEXT NOT NULL, value TEXT NOT NULL, created_at INTEGER NOT NULL, id TEXT NOT NULL,
          PRIMARY KEY (key, value, created_at, id)
        ) WITHOUT ROWID;
        INSERT INTO customer_metadata VALUES('plan','"gold"',1795920787637723,'jane');
        CREATE TABLE tags (id TEXT NOT NULL PRIMARY KEY, created_at INTEGER NOT NULL, name TEXT NOT NULL UNIQUE);
        INSERT INTO tags VALUES('02K2ggkGL4',1795920787448034,'vip');
        CREATE TABLE sessions (
          id TEXT NOT NULL PRIMARY KEY, created_at INTEGER NOT NULL, agent TEXT NOT NULL, customer TEXT NOT NULL,
          form TEXT NOT NULL
        );
        INSERT INTO sessions VALUES(
          'DmVmyFumFx',1795920787654513,'workshop','jane',
          '{"version":1,"id":"DmVmyFumFx","agent":"workshop","customer":"jane",' ||
          '"created_at":"2026-11-29T02:53:07.654513Z","title":"Brakes","mode":"manual",' ||
          '"consumption_offsets":{"client":0},"labels":["open"]}');
        CREATE TABLE session_labels (
          label TEXT NOT NULL, created_at INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (label, created_at, id)
        ) WITHOUT ROWID;
        INSERT INTO session_labels VALUES('open',1795920787654513,'DmVmyFumFx');
        CREATE TABLE events (
          session TEXT NOT NULL, "offset" INTEGER NOT NULL, id TEXT, source TEXT, kind TEXT,
          created_at INTEGER NOT NULL, trace_id TEXT, data TEXT, metadata TEXT, revision INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (session, "offset")
        ) WITHOUT ROWID;
        INSERT INTO events VALUES(
          'DmVmyFumFx',0,'xZ6XxsmbUC','customer','message',1795920787830591,'138d5fd096ee9b781785e1ec8cc1fdca',
          '{"message":"Message 1","participant":{"id":"jane","display_name":"Jane"},"flagged":false,"tags":[]}',
          NULL,0);
        INSERT INTO events VALUES(
          'DmVmyFumFx',1,'wYDOLqbdiD','customer','message',1795920787858148,'4a232116951e1f7f103d71107f8172a2',
          '{"message":"Message 2","participant":{"id":"jane","display_name":"Jane"},"flagged":false,"tags":[]}',
          NULL,0);
        INSERT INTO events VALUES('DmVmyFumFx',2,NULL,NULL,NULL,1795920787888072,NULL,NULL,NULL,0);
        CREATE TABLE explanations (
          number INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT NOT NULL, trace_id TEXT NOT NULL,
          form TEXT NOT NULL, UNIQUE (session, trace_id)
        );
        CREATE TABLE key_values (
          number INTEGER PRIMARY KEY, owner TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
          bytes INTEGER NOT NULL, ends_at INTEGER, UNIQUE (owner, key)
        );
        CREATE TABLE key_value_owners (
          owner TEXT NOT NULL PRIMARY KEY, entries INTEGER NOT NULL, bytes INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE entities (
          kind TEXT NOT NULL, id TEXT NOT NULL, created_at INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 0,
          form TEXT NOT NULL, PRIMARY KEY (kind, id)
        );
        INSERT INTO entities VALUES(
          'term','2pk04ZsADm',1795920787930787,0,
          '{"version":1,"id":"2pk04ZsADm","name":"brake","description":"It stops","synonyms":["stopper"]}');
        CREATE TABLE entity_tags (
          kind TEXT NOT NULL, tag TEXT NOT NULL, created_at INTEGER NOT NULL, id TEXT NOT NULL,
          PRIMARY KEY (kind, tag, created_at, id)
        ) WITHOUT ROWID;
        CREATE INDEX customers_by_creation ON customers (created_at, id);
        CREATE INDEX tags_by_creation ON tags (created_at, id);
        CREATE INDEX sessions_by_creation ON sessions (created_at, id);
        CREATE INDEX sessions_by_agent ON sessions (agent, created_at, id);
        CREATE INDEX sessions_by_customer ON sessions (customer, created_at, id);
        CREATE INDEX sessions_by_both ON sessions (agent, customer, created_at, id);
        CREATE UNIQUE INDEX events_by_id ON events (session, id);
        CREATE INDEX key_values_by_end ON key_values (ends_at) WHERE ends_at IS NOT NULL;
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
        CREATE INDEX entities_by_creation ON entities (kind, created_at, id);
        """
}
