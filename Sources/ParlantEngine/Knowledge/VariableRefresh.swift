import Logging
import ParlantCore

/// Brings the variables that a tool feeds up to date at the begin of a turn.
///
/// A value is old when the rule of its variable has come true since it was written; without a rule it is old in every
/// turn. The reference compares with the moment at which it was started, and so never refreshes twice (`domain.md` D3).
struct VariableRefresh: Sendable {
    let variables: CustomerVariables
    let logger: Logger

    /// Which variables are to be fetched.
    ///
    /// - Parameter now: The moment of the turn.
    static func stale(_ entries: [CustomerVariables.Entry], at now: Timestamp) -> [ContextVariable] {
        entries.filter { entry in
            guard entry.variable.tool != nil else { return false }
            guard entry.isOwn, let written = entry.value?.modifiedAt, let rule = entry.variable.freshness else {
                return true
            }
            guard let last = rule.lastMoment(notAfter: now) else { return false }
            return written < last
        }.map(\.variable)
    }

    /// Values by the variables' names, after all that are old were fetched side by side and kept for the customer.
    ///
    /// A tool that fails leaves the value as it is, and the log says why. What belongs to the guest is everybody's, so
    /// nothing is kept for them: they get a fresh value in each turn.
    func values(_ entries: [CustomerVariables.Entry], in context: TurnContext) async throws -> JSONObject {
        var values: JSONObject = [:]
        for entry in entries { values[entry.variable.name] = entry.value?.data }
        let stale = Self.stale(entries, at: context.clock.now)
        guard !stale.isEmpty else { return values }
        let fetched = try await withThrowingTaskGroup(of: (String, JSONValue)?.self) { group in
            for variable in stale {
                group.addTask { try await fetch(variable, in: context).map { (variable.name, $0) } }
            }
            return try await group.reduce(into: [(String, JSONValue)]()) { fetched, one in
                if let one { fetched.append(one) }
            }
        }
        for (name, data) in fetched {
            values[name] = data
            guard context.customer.id != Customer.guestID else { continue }
            try await variables.set(name, to: data, for: context.customer.id, of: context.snapshot)
        }
        return values
    }

    private func fetch(_ variable: ContextVariable, in context: TurnContext) async throws -> JSONValue? {
        guard let id = variable.tool, let tool = context.snapshot.tools[id] else { return nil }
        let begin = context.clock.uptime
        let run = ToolRun(
            call: ToolCall(tool: id, arguments: [:]),
            outcome: try await context.snapshot.handlers.run(tool, arguments: [:], in: context.handlerContext),
            duration: context.clock.uptime - begin)
        context.recorder.note {
            $0.knowledge.refreshes.append(
                VariableFetch(
                    variable: variable.name, tool: id, failure: run.result == nil ? run.failureText : nil,
                    duration: run.duration))
        }
        if let result = run.result { return result.data }
        let reason = if case .defect(let text) = run.outcome { text } else { run.failureText }
        logger.warning(
            "a variable was not refreshed and keeps its value",
            metadata: ["variable": "\(variable.name)", "tool": "\(id)", "error": "\(reason)"])
        return nil
    }
}
