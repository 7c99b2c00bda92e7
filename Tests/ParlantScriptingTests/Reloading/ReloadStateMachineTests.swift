import Testing

@testable import ParlantScripting

private typealias Machine = ReloadStateMachine

/// What leads to each state. The quiet is 100 ms, the longest settling 5 s.
private let ways: [(name: String, events: [(Machine.Event, Duration)])] = [
    ("idle", []),
    ("settling", [(.hint, .zero)]),
    ("reading a change", [(.hint, .zero), (.timer, .milliseconds(100))]),
    ("reading for a request", [(.request, .zero)]),
    ("reading for a poll", [(.poll, .zero)]),
    ("loading", [(.request, .zero), (.read(.changed), .zero)]),
    ("loading while files change", [(.request, .zero), (.read(.changed), .zero), (.hint, .zero)]),
    ("stopped", [(.shutDown, .zero)]),
]

private struct Row: CustomStringConvertible {
    var from: String
    var event: Machine.Event
    var actions: [Machine.Action]
    /// Beginning of the next state's description.
    var to: String

    init(_ from: String, _ event: Machine.Event, _ actions: [Machine.Action], _ to: String) {
        self.from = from
        self.event = event
        self.actions = actions
        self.to = to
    }

    var description: String { "\(from), \(event)" }
}

private let quiet = Machine.Action.startTimer(.milliseconds(100))

/// Every state with every event; the time is 100 ms.
private let rows: [Row] = [
    Row("idle", .hint, [quiet], "settling"),
    Row("idle", .timer, [], "idle"),
    Row("idle", .poll, [.read], "reading(poll, nothing"),
    Row("idle", .request, [.read], "reading(request, nothing"),
    Row("idle", .read(.changed), [], "idle"),
    Row("idle", .loaded(isNew: true), [], "idle"),
    Row("idle", .shutDown, [.stop], "stopped"),

    Row("settling", .hint, [], "settling(since: 0.0 seconds, lastHint: 0.1 seconds"),
    Row("settling", .timer, [.read], "reading(change"),
    Row("settling", .poll, [], "settling"),
    Row("settling", .request, [.read], "reading(request"),
    Row("settling", .read(.changed), [], "settling"),
    Row("settling", .loaded(isNew: true), [], "settling"),
    Row("settling", .shutDown, [.stop], "stopped"),

    Row("reading a change", .hint, [], "reading(change(since: 0.0 seconds), hint"),
    Row("reading a change", .timer, [], "reading"),
    Row("reading a change", .poll, [], "reading"),
    Row("reading a change", .request, [], "reading(change(since: 0.0 seconds), request"),
    Row("reading a change", .read(.same), [], "idle"),
    Row("reading a change", .read(.changed), [.load], "loading(nothing"),
    Row("reading a change", .read(.moving), [quiet], "settling(since: 0.0 seconds, lastHint: 0.1 seconds"),
    Row("reading a change", .loaded(isNew: true), [], "reading"),
    Row("reading a change", .shutDown, [.stop], "stopped"),

    Row("reading for a request", .hint, [], "reading(request, hint"),
    Row("reading for a request", .timer, [], "reading"),
    Row("reading for a request", .poll, [], "reading"),
    Row("reading for a request", .request, [], "reading(request, request"),
    Row("reading for a request", .read(.same), [.reportSame], "idle"),
    Row("reading for a request", .read(.changed), [.load], "loading(nothing"),
    Row("reading for a request", .read(.moving), [quiet], "settling"),
    Row("reading for a request", .loaded(isNew: true), [], "reading"),
    Row("reading for a request", .shutDown, [.stop], "stopped"),

    Row("reading for a poll", .hint, [], "reading"),
    Row("reading for a poll", .timer, [], "reading"),
    Row("reading for a poll", .poll, [], "reading"),
    Row("reading for a poll", .request, [], "reading(poll, request"),
    Row("reading for a poll", .read(.same), [], "idle"),
    Row("reading for a poll", .read(.changed), [quiet], "settling"),
    Row("reading for a poll", .read(.moving), [quiet], "settling"),
    Row("reading for a poll", .loaded(isNew: true), [], "reading"),
    Row("reading for a poll", .shutDown, [.stop], "stopped"),

    Row("loading", .hint, [], "loading(hint"),
    Row("loading", .timer, [], "loading(nothing"),
    Row("loading", .poll, [], "loading(nothing"),
    Row("loading", .request, [], "loading(request"),
    Row("loading", .read(.changed), [], "loading(nothing"),
    Row("loading", .loaded(isNew: true), [.swap, .report], "idle"),
    Row("loading", .loaded(isNew: false), [.report], "idle"),
    Row("loading", .shutDown, [.stop], "stopped"),

    Row("loading while files change", .loaded(isNew: true), [.swap, .report, quiet], "settling"),
    Row("loading while files change", .loaded(isNew: false), [.report, quiet], "settling"),

    Row("stopped", .hint, [], "stopped"),
    Row("stopped", .timer, [], "stopped"),
    Row("stopped", .poll, [], "stopped"),
    Row("stopped", .request, [], "stopped"),
    Row("stopped", .read(.changed), [], "stopped"),
    Row("stopped", .loaded(isNew: true), [], "stopped"),
    Row("stopped", .shutDown, [], "stopped"),
]

@Suite("When scripts are read, loaded and swapped")
struct ReloadStateMachineTests {
    private func machine(in state: String) throws -> Machine {
        let way = try #require(ways.first { $0.name == state })
        var machine = Machine()
        for (event, time) in way.events { _ = machine.handle(event, at: time) }
        return machine
    }

    @Test("every state answers every event", arguments: rows)
    fileprivate func table(row: Row) throws {
        var machine = try machine(in: row.from)
        #expect(machine.handle(row.event, at: .milliseconds(100)) == row.actions)
        let state = "\(machine.state)".replacing(#/ParlantScripting.ReloadStateMachine.(Cause|Meanwhile)./#, with: "")
        #expect(state.hasPrefix(row.to), "\(state)")
    }

    @Test("a hint while files settle makes the quiet begin again, with the same timer")
    func settling() {
        var machine = Machine()
        #expect(machine.handle(.hint, at: .zero) == [quiet])
        #expect(machine.handle(.hint, at: .milliseconds(60)) == [])
        #expect(machine.handle(.timer, at: .milliseconds(100)) == [.startTimer(.milliseconds(60))])
        #expect(machine.handle(.timer, at: .milliseconds(160)) == [.read])
    }

    @Test("files that never rest are read after five seconds all the same")
    func restless() {
        var machine = Machine()
        var actions = machine.handle(.hint, at: .zero)
        var now = Duration.zero
        while actions != [.read], now < .seconds(10) {
            now += .milliseconds(50)
            _ = machine.handle(.hint, at: now)
            now += .milliseconds(50)
            actions = machine.handle(.timer, at: now)
        }
        #expect(now >= .seconds(5) && now < .seconds(5.2), "read at \(now)")
        _ = machine.handle(.hint, at: now)
        #expect(machine.handle(.read(.changed), at: now) == [.load])
    }

    @Test("a change while files are read waits for quiet again, and is not loaded half")
    func changeWhileReading() {
        var machine = Machine()
        _ = machine.handle(.hint, at: .zero)
        _ = machine.handle(.timer, at: .milliseconds(100))
        _ = machine.handle(.hint, at: .milliseconds(101))
        #expect(machine.handle(.read(.changed), at: .milliseconds(102)) == [quiet])
        #expect(machine.handle(.timer, at: .milliseconds(202)) == [.read])
        #expect(machine.handle(.read(.changed), at: .milliseconds(203)) == [.load])
    }

    @Test("a request while files are read is answered, whatever the reading shows")
    func requestWhileReading() {
        var machine = Machine()
        for event in [Machine.Event.poll, .request, .hint] { _ = machine.handle(event, at: .zero) }
        #expect(machine.handle(.read(.same), at: .zero) == [.read])
        #expect(machine.handle(.read(.same), at: .zero) == [.reportSame])
        for event in [Machine.Event.poll, .request] { _ = machine.handle(event, at: .zero) }
        #expect(machine.handle(.read(.changed), at: .zero) == [.load])
        #expect(machine.handle(.loaded(isNew: true), at: .zero) == [.swap, .report, .read])
        #expect(machine.handle(.read(.same), at: .zero) == [.reportSame])
        #expect(machine.state == .idle)
    }

    @Test("a request while scripts load looks at once at what came after")
    func requestWhileLoading() {
        var machine = Machine()
        for event in [Machine.Event.request, .read(.changed), .request, .hint] { _ = machine.handle(event, at: .zero) }
        #expect(machine.handle(.loaded(isNew: false), at: .zero) == [.report, .read])
        #expect(machine.handle(.read(.changed), at: .zero) == [.load])
    }
}
