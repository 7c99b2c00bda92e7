import LuaRuntime
import ParlantCore
import ParlantEngine
import ParlantScripting
import ParlantTesting

/// The host side of `test.conversation` and of the methods of what it returns.
struct ConversationFunctions: Sendable {
    let definitions: SpecDefinitions

    var all: [HostFunction] { [begin, customer, runTool, advance, events] + scripting + routes }

    // MARK: Acting

    private var begin: HostFunction {
        .suspending("spec_conversation") { [definitions] call in
            let run = try SpecRun.of(call, "test.conversation")
            let options = try ConversationOptions(definitions: definitions).read(call.argument(0))
            if run.isLive, options.matchesByWords { throw HostError(SpecWording.notInLive("matching")) }
            return [.integer(try await run.begin(options))]
        }
    }

    private var customer: HostFunction {
        .suspending("spec_customer") { call in
            let run = try SpecRun.of(call, "chat:customer")
            let chat = try run.chat(call)
            guard let text = call.argument(1).text, !text.isEmpty else {
                throw HostError(SpecWording.message(definitions.show(call.argument(1))))
            }
            let moderation = try moderation(call.argument(2))
            try await TestWorld.$current.withValue(chat.world) {
                try await chat.say(text, moderation, traceID: run.nextTrace())
            }
            return []
        }
    }

    /// What the options of `chat:customer` say was found in the text.
    private func moderation(_ options: LuaValue) throws -> Moderation {
        if options.isAbsent { return .unflagged }
        guard let fields = options.fields, fields.allSatisfy({ $0.key == "flagged" }),
            let items = fields.first?.value.items, case let names = items.compactMap(\.text),
            !names.isEmpty, names.count == items.count
        else { throw HostError(SpecWording.flagged(definitions.show(options))) }
        return Moderation(isFlagged: true, categories: names)
    }

    private var runTool: HostFunction {
        .suspending("spec_call") { [definitions] call in
            let run = try SpecRun.of(call, "chat:call")
            let chat = try run.chat(call)
            let tool = try SpecSubjects(definitions, chat).tool(call.argument(1), "chat:call")
            let arguments = try Self.arguments(call.argument(2), "chat:call")
            return try await TestWorld.$current.withValue(chat.world) {
                try await chat.call(tool, arguments, traceID: run.nextTrace())
            }
        }
    }

    private static func arguments(_ value: LuaValue, _ word: String) throws -> JSONObject {
        if value.isAbsent { return [:] }
        guard value.fields != nil, let arguments = JSONValue(value) else {
            throw HostError("\(word): \(SpecWording.arguments)")
        }
        return arguments.object ?? [:]
    }

    private var advance: HostFunction {
        .suspending("spec_advance") { call in
            let chat = try SpecRun.of(call, "chat:advance").chat(call)
            guard let seconds = call.argument(1).double, (0...1e9).contains(seconds) else {
                throw HostError(SpecWording.seconds)
            }
            chat.world.clock.advance(by: .seconds(seconds))
            await Task.yield()
            return []
        }
    }

    private var events: HostFunction {
        .suspending("spec_events") { call in
            let chat = try SpecRun.of(call, "chat:events").chat(call)
            let events = try await chat.engine.events(of: chat.session, matching: .init())
            return [.array(events.map(\.spec))]
        }
    }

    // MARK: Scripting the next turn

    private var scripting: [HostFunction] {
        [
            .immediate("spec_matches") { [definitions] call in
                let chat = try Self.scripted("matches", call)
                for value in call.argument(1).items ?? [] {
                    let guideline = try SpecSubjects(definitions, chat).guideline(value, "chat:matches")
                    guard guideline.matcher == .condition else {
                        throw HostError("chat:matches: \(SpecWording.decidesItself(guideline.id.rawValue))")
                    }
                    chat.desk.change { $0.matches.insert(guideline.id) }
                }
                return []
            },
            .immediate("spec_activates") { [definitions] call in
                let chat = try Self.scripted("activates", call)
                for value in call.argument(1).items ?? [] {
                    let journey = try SpecSubjects(definitions, chat).journey(value, "chat:activates")
                    chat.desk.activate(journey.id)
                }
                return []
            },
            .immediate("spec_takes") { [definitions] call in
                let chat = try Self.scripted("takes", call)
                let given = call.argument(1).items ?? []
                let journey = try SpecSubjects(definitions, chat).journey(given.first ?? .nil, "chat:takes")
                guard let state = given.count > 1 ? given[1].text ?? given[1].handle?.kind : nil else {
                    throw HostError(SpecWording.stateName("chat:takes"))
                }
                do {
                    try chat.desk.take(journey.id, to: state == "END" ? nil : state)
                } catch JourneyRefusal.noWay(let here, let ways) {
                    throw HostError("chat:takes: \(SpecWording.noWay(state, from: here, ways))")
                } catch {
                    throw HostError("chat:takes: \(SpecWording.notActive(journey.id.rawValue))")
                }
                return []
            },
            .immediate("spec_replies") { call in
                let chat = try Self.scripted("replies", call)
                guard let text = call.argument(1).items?.first?.text, !text.isEmpty else {
                    throw HostError(SpecWording.replyText)
                }
                chat.desk.change { $0.reply = text }
                return []
            },
            .immediate("spec_calls") { [definitions] call in
                let chat = try Self.scripted("calls", call)
                let given = call.argument(1).items ?? []
                let tool = try SpecSubjects(definitions, chat).tool(given.first ?? .nil, "chat:calls")
                let arguments = try Self.arguments(given.count > 1 ? given[1] : .nil, "chat:calls")
                chat.desk.change { $0.arguments[tool] = arguments }
                return []
            },
        ]
    }

    private static func scripted(_ word: String, _ call: HostCall) throws -> SpecConversation {
        let run = try SpecRun.of(call, "chat:\(word)")
        if run.isLive { throw HostError(SpecWording.notInLive(word)) }
        let chat = try run.chat(call)
        if word == "matches", chat.desk.script(for: chat.session).matchesByWords {
            throw HostError(SpecWording.notInWords(word))
        }
        return chat
    }

    // MARK: Routes

    private var routes: [HostFunction] {
        [
            .immediate("spec_route") { call in
                let chat = try SpecRun.of(call, "chat.http:on").chat(call)
                guard let method = call.argument(1).text, let pattern = call.argument(2).text,
                    pattern.hasPrefix("/") || pattern.contains("://")
                else { throw HostError(SpecWording.routeArguments()) }
                let route = chat.world.routes.add(method, pattern)
                return [.array([call.argument(0), .integer(Int64(route))])]
            },
            .immediate("spec_reply") { call in
                let run = try SpecRun.of(call, "reply")
                guard let place = call.argument(0).items, let chat = run.conversation(place.first?.int ?? -1),
                    let route = place.last?.int
                else { throw HostError(SpecWording.colon("reply")) }
                chat.world.routes.reply(try FakeReply.read(call.argument(1)), to: Int(route))
                return []
            },
            .immediate("spec_requests") { call in
                let chat = try SpecRun.of(call, "chat.http:requests").chat(call)
                return [.array(chat.world.routes.requests.map(FakeReply.spec))]
            },
        ]
    }
}

extension SpecRun {
    /// The run that a host function belongs to.
    ///
    /// - Throws: `HostError` while the spec loads.
    static func of(_ call: HostCall, _ word: String) throws -> SpecRun {
        guard let run = call.context as? SpecRun else { throw HostError(SpecWording.misplaced(word)) }
        return run
    }

    /// The conversation whose number is the first argument.
    func chat(_ call: HostCall) throws -> SpecConversation {
        guard let chat = conversation(call.argument(0).int ?? -1) else {
            throw HostError(SpecWording.colon("customer"))
        }
        return chat
    }
}
