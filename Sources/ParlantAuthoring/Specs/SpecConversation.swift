import LuaRuntime
import ParlantCore
import ParlantEngine
import ParlantScripting
import ParlantStores

/// One conversation of a test: an engine with stores in memory, a clock that stands still, no network, and a script
/// instead of a model.
struct SpecConversation: Sendable {
    let snapshot: AgentSnapshot
    let engine: EventEngine
    let session: SessionID
    let desk: TurnDesk
    let world: TestWorld
    let coverage: CoverageLog
    /// The model that judges in a live test; nil in a scripted one.
    let judge: (any NLPService)?

    /// Has the customer say something, and returns when the turn is over.
    ///
    /// - Parameter moderation: What a judge has found in the text.
    /// - Throws: `HostError` when the turn failed, when a journey could not go where the test told it, when a function of the script broke, or when it called somebody whom
    ///   the test does not know.
    func say(_ text: String, _ moderation: Moderation = .unflagged, traceID: TraceID) async throws {
        let mode = try await engine.session(session).mode
        _ = try await engine.postCustomerMessage(
            text, participant: nil, moderation: moderation, to: session, traceID: traceID)
        guard mode == .auto else { return desk.close(nil) }
        let report = await desk.nextReport()
        desk.close(report)
        coverage.add(report)
        try checkWorld()
        switch report.ending {
        case .failed(let reason): throw HostError(SpecWording.turnFailed(reason))
        case .completed, .unanswered, .cancelled: break
        }
        if let way = report.waysLeft.first {
            let journeys = desk.journeys
            let place = SpecWording.place(journeys, in: way.journey)
            throw HostError(SpecWording.wayLeft(way, place, awaitsTools: journeys.awaitsTools(way.journey)))
        }
    }

    /// Runs one tool with the checks of its arguments.
    ///
    /// - Throws: `HostError` when the tool broke.
    func call(_ tool: ToolID, _ arguments: JSONObject, traceID: TraceID) async throws -> [LuaValue] {
        let outcome = try await engine.call(tool, arguments: arguments, in: session, traceID: traceID)
        coverage.add(tool)
        try checkWorld()
        switch outcome {
        case .result(let result): return [result.spec]
        case .failure(let reason): return [.nil, .string(reason)]
        case .invalid(let problems):
            let reasons = problems.map { $0.reason ?? "\($0.parameter.name): missing" }
            return [.nil, .string(reasons.joined(separator: "; "))]
        case .defect(let text): throw HostError(text)
        case nil: throw HostError(SpecWording.unknown("tool", tool.description, []))
        }
    }

    /// Raises what went wrong around the turn, which the turn itself survives.
    private func checkWorld() throws {
        if let unknown = world.routes.takeUnknown().first { throw HostError(unknown) }
        if let defect = world.takeDefects().first { throw HostError(defect) }
    }
}

extension ToolResult {
    /// The result as a test sees it: what `parlant.result` takes.
    var spec: LuaValue {
        var control: [LuaField] = [LuaField("lifespan", .string(lifespan.rawValue))]
        if let mode { control.append(LuaField("mode", .string(mode.rawValue))) }
        return .object([
            LuaField("data", data.lua), LuaField("metadata", JSONValue.object(metadata).lua),
            LuaField("control", .object(control)),
            LuaField("canned_responses", .array(cannedResponses.map(LuaValue.string))),
            LuaField("canned_response_fields", JSONValue.object(cannedResponseFields).lua),
            LuaField(
                "guidelines",
                .array(
                    guidelines.map { guideline in
                        var fields = [
                            LuaField("action", .string(guideline.action)),
                            LuaField("criticality", .string(guideline.criticality.rawValue)),
                            LuaField("priority", .integer(Int64(guideline.priority))),
                        ]
                        if let condition = guideline.condition {
                            fields.append(LuaField("condition", .string(condition)))
                        }
                        if let text = guideline.description { fields.append(LuaField("description", .string(text))) }
                        return .object(fields)
                    })),
        ])
    }
}

extension Event {
    /// The event as a test sees it.
    var spec: LuaValue {
        var fields = [
            LuaField("offset", .integer(Int64(offset))), LuaField("kind", .string(kind.rawValue)),
            LuaField("source", .string(source.rawValue)), LuaField("data", data.lua),
        ]
        if let text = EventData.text(of: data) { fields.append(LuaField("text", .string(text))) }
        return .object(fields)
    }
}
