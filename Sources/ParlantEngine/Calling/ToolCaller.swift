import Logging
public import ParlantCore

/// A tool that may run in this turn, with what is known before anybody judges.
struct ToolCandidate: Sendable {
    var tool: Tool
    /// Guidelines that offer it, in the order of importance.
    var guidelines: [Guideline]
    /// Allowed values by parameter, fixed and computed ones alike.
    var choices: [String: [JSONValue]]
}

/// What should run, and what cannot because something is missing.
struct ToolPlan: Sendable {
    var calls: [ToolCall] = []
    var problems: [ParameterProblem] = []
}

/// Decides which candidates run, and with which arguments.
protocol ArgumentInference: Sendable {
    /// - Parameter results: What ran before in this turn.
    func plan(
        _ candidates: [ToolCandidate], matches: [GuidelineMatch], results: [ToolRun], in context: TurnContext
    ) async throws -> ToolPlan
}

/// One tool call of this turn, with its outcome.
public struct ToolRun: Sendable, Equatable {
    public var call: ToolCall
    public var outcome: ToolOutcome
    /// How long the call took, waiting included.
    public var duration = Duration.zero

    /// The result, if there is one.
    var result: ToolResult? { if case .result(let result) = outcome { result } else { nil } }
}

/// Calls tools on behalf of matched guidelines: plans, runs all calls of a round side by side, and reports.
struct ToolCaller: Sendable {
    let inference: any ArgumentInference
    let logger: Logger

    /// The tools of the matched guidelines, each once.
    func candidates(for matches: [GuidelineMatch], in context: TurnContext) async throws -> [ToolCandidate] {
        var order: [ToolID] = []
        var owners: [ToolID: [Guideline]] = [:]
        for match in matches {
            for id in match.guideline.tools {
                if owners[id] == nil { order.append(id) }
                owners[id, default: []].append(match.guideline)
            }
        }
        var candidates: [ToolCandidate] = []
        for id in order {
            guard let tool = context.snapshot.tools[id] else { continue }
            guard let choices = try await choices(of: tool, in: context) else { continue }
            candidates.append(ToolCandidate(tool: tool, guidelines: owners[id] ?? [], choices: choices))
        }
        return candidates
    }

    /// Nil when a function that lists choices failed: the tool cannot be called safely.
    private func choices(of tool: Tool, in context: TurnContext) async throws -> [String: [JSONValue]]? {
        var choices: [String: [JSONValue]] = [:]
        for parameter in tool.parameters {
            switch parameter.choices {
            case .any: break
            case .fixed(let values): choices[parameter.name] = values
            case .code:
                do {
                    choices[parameter.name] = try await context.snapshot.handlers.choices(
                        of: parameter, of: tool, in: context.handlerContext)
                } catch let error as CancellationError {
                    throw error
                } catch {
                    logger.error(
                        "choices failed; the tool is left out",
                        metadata: [
                            "tool": "\(tool.id)", "parameter": "\(parameter.name)", "error": "\(error)",
                        ])
                    return nil
                }
            }
        }
        return choices
    }

    /// Runs the calls side by side; outcomes in the order of `calls`.
    func run(_ calls: [ToolCall], in context: TurnContext) async throws -> [ToolRun] {
        try await withThrowingTaskGroup(of: (Int, ToolRun)?.self) { group in
            for (index, call) in calls.enumerated() {
                guard let tool = context.snapshot.tools[call.tool] else { continue }
                group.addTask {
                    let begin = context.clock.uptime
                    let outcome = try await context.snapshot.handlers.run(
                        tool, arguments: call.arguments, in: context.handlerContext)
                    return (index, ToolRun(call: call, outcome: outcome, duration: context.clock.uptime - begin))
                }
            }
            var runs: [(Int, ToolRun)] = []
            for try await run in group { if let run { runs.append(run) } }
            return runs.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension ToolRun {
    /// The call as a tool event shows it, in the wire's form. A failure's reason is its data, as on the reference.
    var eventJSON: JSONValue {
        let result = result ?? ToolResult(data: .string(failureText))
        var control: JSONObject = [:]
        if let mode = result.mode { control["mode"] = .string(mode.rawValue) }
        if result.lifespan == .response { control["lifespan"] = .string(result.lifespan.rawValue) }
        return [
            "tool_id": .string(call.tool.description),
            "arguments": .object(call.arguments),
            "result": [
                "data": result.data, "metadata": .object(result.metadata), "control": .object(control),
                "canned_responses": .array(result.cannedResponses.map(JSONValue.string)),
                "canned_response_fields": .object(result.cannedResponseFields),
                "guidelines": .array(result.guidelines.map { ["action": .string($0.action)] }),
            ],
        ]
    }

    /// What a model is told of a call that brought no result. A defect's text stays in the log.
    var failureText: String {
        switch outcome {
        case .result: ""
        case .failure(let reason): reason
        case .defect: "the tool failed"
        case .invalid(let problems): problems.compactMap(\.reason).joined(separator: "; ")
        }
    }
}
