import Foundation
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantLocal

@Suite("Opening a store in a folder")
struct OpeningTests {
    private func open(_ path: String) async throws(LocalOpenError) -> LocalStores {
        try await LocalStores.open(path, clock: ManualClock(), ids: RandomIDGenerator(), logger: silent)
    }

    @Test("makes a folder and files that only their owner may read")
    func permissions() async throws {
        try await withFolder { parent in
            let folder = "\(parent)/store"
            let backend = try await open(folder)
            let session = try await backend.stores.sessions.create(SessionDraft(agentID: "a"))
            let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])
            _ = try await backend.stores.sessions.append(draft, to: session.id)
            try await backend.close()
            func mode(_ path: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            }
            #expect(try mode(folder) == 0o700)
            let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
            #expect(names.contains("sessions/\(session.id).jsonl"))
            for name in names {
                let isFolder = ["sessions", "explanations"].contains(name)
                #expect(try mode("\(folder)/\(name)") == (isFolder ? 0o700 : 0o600), "\(name)")
            }
        }
    }

    @Test("refuses a second owner until the first one is closed")
    func secondOwner() async throws {
        try await withFolder { folder in
            let first = try await open(folder)
            let error = await #expect(throws: LocalOpenError.self) { try await open(folder) }
            #expect(
                error?.message
                    == "\(folder): the store is in use by this process; stop that one first, or name another folder: one "
                    + "server at a time may have it open")
            try await first.close()
            try await open(folder).close()
        }
    }

    @Test("refuses a second owner who comes through a symbolic link to the folder")
    func linkedOwner() async throws {
        try await withFolder { folder in
            let link = "\(folder)/live"
            try FileManager.default.createDirectory(atPath: "\(folder)/store", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "store")
            for (first, second) in [(link, "\(folder)/store"), ("\(folder)/store", link)] {
                let owner = try await open(first)
                let error = await #expect(throws: LocalOpenError.self) { try await open(second) }
                #expect(error?.message.hasPrefix("\(second): the store is in use by this process; ") == true)
                try await owner.close()
            }
        }
    }

    @Test("says what is wrong with a folder that cannot be made, and with a file in its place")
    func wrongPlaces() async throws {
        try await withFolder { folder in
            let missing = await #expect(throws: LocalOpenError.self) { try await open("\(folder)/none/a") }
            #expect(
                missing?.message
                    == "\(folder)/none/a: there is no folder \(folder)/none; make it, or name another folder")
            try "text".write(toFile: "\(folder)/file", atomically: true, encoding: .utf8)
            let file = await #expect(throws: LocalOpenError.self) { try await open("\(folder)/file") }
            #expect(file?.message == "\(folder)/file is no folder; name a folder")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "none")
            let link = await #expect(throws: LocalOpenError.self) { try await open("\(folder)/link") }
            #expect(link?.message == "\(folder)/link is no folder; name a folder")
            // The kernel's own, where nobody makes folders.
            let kernel = await #expect(throws: LocalOpenError.self) { try await open("/proc/a") }
            #expect(
                kernel?.message == "/proc/a: the folder /proc takes no new folders; name one somewhere else")
        }
    }

    @Test("reads a file that somebody has edited and laid out anew")
    func edited() async throws {
        let disk = SimulatedDisk()
        let first = try ParlantLocalTests.open(disk, ids: RandomIDGenerator())
        _ = try await first.stores.customers.create(
            CustomerDraft(id: "jane", name: "Jane", metadata: ["odd": "}],{\"\\\""]))
        try await first.close()
        let text = try #require(disk.text("customers.json"))
        disk.put(
            "customers.json",
            text.replacing("\"name\":\"Jane\"", with: "\n  \"name\" :\n \"Joan\"").replacing("[\n", with: "[")
                .replacing("\n]", with: " ]"))
        let second = try ParlantLocalTests.open(disk, ids: RandomIDGenerator())
        let joan = try await second.stores.customers.read("jane")
        #expect(joan.name == "Joan")
        #expect(joan.metadata == ["odd": "}],{\"\\\""])
        try await second.close()
    }

    @Test("goes on after the last moment of the calendar, and refuses one outside of it")
    func editedMoments() async throws {
        let disk = SimulatedDisk()
        let first = try ParlantLocalTests.open(disk, ids: RandomIDGenerator())
        let tag = try await first.stores.tags.create(name: "vip")
        try await first.close()
        let text = try #require(disk.text("tags.json"))
        disk.put("tags.json", text.replacing(tag.createdAt.description, with: "9999-12-31T23:59:59.999999Z"))
        let second = try ParlantLocalTests.open(disk, ids: RandomIDGenerator())
        _ = try await second.stores.tags.create(name: "beta")
        try await second.close()
        let third = try ParlantLocalTests.open(disk, ids: RandomIDGenerator())
        #expect(try await third.stores.tags.list(name: nil).map(\.createdAt) == [.last, .last])
        try await third.close()
        disk.put("tags.json", text.replacing(tag.createdAt.description, with: "0000-01-01T00:00:00+23:59"))
        let error = #expect(throws: FileDamage.self) { try ParlantLocalTests.open(disk, ids: RandomIDGenerator()) }
        #expect(
            error?.problem
                == "the stored tag '\(tag.id)': created_at is no moment: '0000-01-01T00:00:00+23:59'; correct it, or put "
                + "back a copy of the file")
    }

    @Test("counts the bytes of entries by what is in the file, whatever the file says of them")
    func editedEntries() async throws {
        let disk = SimulatedDisk()
        let first = try ParlantLocalTests.open(disk, ids: RandomIDGenerator())
        for key in ["a", "b"] { try await first.stores.keyValues.set(key, to: "x", in: .agent("a"), lifetime: nil) }
        try await first.close()
        let text = try #require(disk.text("entries.json"))
        for bytes in [Int.max, Int.min] {
            disk.put("entries.json", text.replacing("\"value\":\"x\"", with: "\"value\":\"long\",\"bytes\":\(bytes)"))
            let folder = try StoreFolder(
                disk, place: "/store", clock: ManualClock(), ids: RandomIDGenerator(), logger: silent)
            #expect(folder.contents.totals.total(.agent("a")).bytes == 2 * ("a".count + "\"long\"".count))
            let store = LocalStores(folder, nil).stores.keyValues
            try await store.set("a", to: 1, in: .agent("a"), lifetime: nil)
            #expect(folder.contents.totals.total(.agent("a")).bytes == 2 + 1 + 6)
            try await folder.close()
        }
    }

    /// A file, and what is said of it.
    private static let unreadable: [(text: String, problem: String)] = [
        (
            "{\n\"format\": \"parlant-runtime customers\",\n\"customers\": [\n{\"version\":1,\"id\":\"a\"]}\n]\n}",
            "customers.json, line 4: column 23 is no JSON: expected `,` or `]`; correct it, or put back a copy of the file"
        ),
        (
            "{\n\"format\": \"parlant-runtime customers\",\n\"customers\": [\n{\"version\":1,\"id\":\"a\",\"name\":7}\n]\n}",
            "customers.json, line 4: the stored customer 'a': created_at is missing; correct it, or put back a copy of the "
                + "file"
        ),
        (
            "{\n\"format\": \"parlant-runtime customers\",\n\"customers\": [\n{\"version\":1,\"id\":\"a",
            "customers.json, line 4: column 21 is no JSON: the list of customers has no end; correct it, or put back a copy "
                + "of the file"
        ),
        (
            "{\n\"format\": \"parlant-runtime customers\",\n\"customers\": [\n"
                + "{\"version\":1,\"id\":\"a,\"name\":\"N\"},\n{\"version\":1,\"id\":\"b\"},\n{\"version\":1,\"id\":\"c\"}\n]\n}",
            "customers.json, line 4: column 34 is no JSON: control character found while parsing a string; correct it, or put "
                + "back a copy of the file"
        ),
        (
            "{\n\"format\": \"parlant-runtime customers\",\n\"customers\": [\n"
                + "{\"version\":1,\"id\":a\",\"name\":\"N\"},\n{\"version\":1,\"id\":\"b\"},\n{\"version\":1,\"id\":\"c\"}\n]\n}",
            "customers.json, line 4: column 34 is no JSON: control character found while parsing a string; correct it, or put "
                + "back a copy of the file"
        ),
        (
            "{\n\"format\": \"parlant-runtime customers\",\n\"customers\": [\n"
                + "{\"version\":1,\"id\":\"a\\\n{\"version\":1,\"id\":\"b\"},\n{\"version\":1,\"id\":\"c\"}\n]\n}",
            "customers.json, line 4: column 22 is no JSON: control character found while parsing a string; correct it, or put "
                + "back a copy of the file"
        ),
        (
            "{\n\"format\": \"parlant-runtime customers\",\n\"customers\": [],\n}",
            "customers.json, line 4: column 1 is no JSON: key must be a string; correct it, or put back a copy of the file"
        ),
        (
            "{\"people\": []}",
            "customers.json: this is not a file that we wrote; move it away, or name another folder"
        ),
        (
            "",
            "customers.json, line 1: column 1 is no JSON: EOF while parsing a value; correct it, or put back a copy of the file"
        ),
    ]

    @Test("refuses a file that cannot be read, by line and column, and changes nothing", arguments: unreadable.indices)
    func unreadableFile(_ index: Int) throws {
        let (text, problem) = Self.unreadable[index]
        let disk = SimulatedDisk()
        disk.put("customers.json", text)
        let before = disk.files
        let error = #expect(throws: FileDamage.self) {
            try ParlantLocalTests.open(disk, ids: RandomIDGenerator())
        }
        #expect(error?.description == problem)
        #expect(disk.files == before)
    }

    @Test("refuses a store of a newer version")
    func newer() throws {
        let disk = SimulatedDisk()
        disk.put(
            "store.json", #"{"format":"parlant-runtime store","version":2,"made_at":"2026-01-01T00:00:00.000000Z"}"#)
        let error = #expect(throws: FileDamage.self) {
            try ParlantLocalTests.open(disk, ids: RandomIDGenerator())
        }
        #expect(
            error?.description
                == "store.json: the store has the version 2, and this program knows versions up to 1; update the program"
        )
    }

    @Test("takes over what the reference has written, keeps copies, and goes on")
    func reference() async throws {
        let disk = SimulatedDisk()
        disk.put("customers.json", ReferenceFiles.customers)
        disk.put("tags.json", ReferenceFiles.tags)
        disk.put("sessions.json", ReferenceFiles.sessions)
        let log = LogLines()
        let folder = try StoreFolder(
            disk, place: "/store", clock: ManualClock(), ids: RandomIDGenerator(), logger: log.logger)
        let stores = LocalStores(folder, nil).stores
        let tags = try await stores.tags.list(name: nil)
        #expect(tags.map(\.name) == ["vip", "beta"])
        let customers = try await stores.customers.list(.init()).items
        #expect(customers.map(\.name) == ["Guest", "Jane Öztürk", "Alexandra"])
        #expect(customers[1].id == "jane@example.com")
        #expect(customers[1].metadata == ["plan": "gold", "city": "Köln"])
        #expect(Array(customers[1].tags) == [tags[0].id])
        #expect(customers[2].metadata["note"] == "line\nbreak")
        let sessions = try await stores.sessions.list(.init(customerID: "jane@example.com")).items
        #expect(sessions.map(\.title) == ["Brakes"])
        #expect(sessions[0].consumptionOffsets == ["client": 2] && sessions[0].labels == ["urgent"])
        let events = try await stores.sessions.events(of: sessions[0].id, matching: .init())
        #expect(events.map(\.offset) == [0, 1])
        #expect(events[0].data["message"] == "Grüße" && events[0].metadata == ["k": 1])
        let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])
        #expect(try await stores.sessions.append(draft, to: sessions[0].id).offset == 3, "the deleted event had 2")
        #expect(disk.text("customers.json.parlant-3.3") == ReferenceFiles.customers)
        #expect(disk.text("customers.json")?.contains("parlant-runtime customers") == true)
        #expect(
            log.lines.contains(
                "customers.json was written by Parlant's own server: took over 2 customers, and kept a copy in "
                    + "customers.json.parlant-3.3"))
        try await folder.close()
        let again = try ParlantLocalTests.open(disk, ids: RandomIDGenerator())
        #expect(try await again.stores.customers.list(.init()).items == customers)
        try await again.close()
    }

    @Test("leaves out a customer of the reference who has the guest's id, and says so")
    func referenceGuest() async throws {
        let disk = SimulatedDisk()
        disk.put("customers.json", ReferenceFiles.customers.replacing("VKcruFTpZa", with: "guest"))
        let log = LogLines()
        let folder = try StoreFolder(
            disk, place: "/store", clock: ManualClock(), ids: RandomIDGenerator(), logger: log.logger)
        let stores = LocalStores(folder, nil).stores
        let customers = try await stores.customers.list(.init())
        #expect(customers.items.map(\.id) == ["guest", "jane@example.com"] && customers.totalCount == 2)
        #expect(customers.items.first?.name == "Guest")
        #expect(
            log.lines.contains(
                "customers.json was written by Parlant's own server: took over 1 customers, without the one with the id "
                    + "'guest', who is built in, and kept a copy in customers.json.parlant-3.3"))
        try await folder.close()
        #expect(disk.text("customers.json")?.contains("Alexandra") == false)
    }

    @Test("loses nothing of the reference's files, wherever the machine stops", arguments: SimulatedDisk.Crash.allCases)
    func referenceCrash(_ crash: SimulatedDisk.Crash) async throws {
        var boundary = 0
        while true {
            let disk = SimulatedDisk()
            disk.put("customers.json", ReferenceFiles.customers)
            disk.crash(at: boundary)
            _ = try? ParlantLocalTests.open(disk, ids: RandomIDGenerator())
            guard disk.hasCrashed else { break }
            let left = disk.afterwards(crash)
            let again = try ParlantLocalTests.open(left, ids: RandomIDGenerator())
            #expect(try await again.stores.customers.list(.init()).totalCount == 3, "boundary \(boundary)")
            #expect(left.text("customers.json.parlant-3.3") == ReferenceFiles.customers, "boundary \(boundary)")
            try await again.close()
            boundary += 1
        }
        #expect(boundary > 5)
    }
}
