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

    /// Values by the variables' names; a variable without any value is left out.
    static func values(_ entries: [CustomerVariables.Entry]) -> JSONObject {
        var values: JSONObject = [:]
        for entry in entries { values[entry.variable.name] = entry.value?.data }
        return values
    }

    /// New values by the variables' names, after all that are old were fetched side by side and kept for the customer.
    ///
    /// A tool that fails leaves the value as it is, and the log says why; so it does when a value could not be kept,
    /// which then serves this turn alone. What belongs to the guest is everybody's, so nothing is kept for them: they get
    /// a fresh value in each turn.
    ///
    /// - Throws: `CancellationError` only.
    func refreshed(_ entries: [CustomerVariables.Entry], in context: TurnContext) async throws -> JSONObject {
        let stale = Self.stale(entries, at: context.clock.now)
        guard !stale.isEmpty else { return [:] }
        let fetched = try await withThrowingTaskGroup(of: (ContextVariable, JSONValue)?.self) { group in
            for variable in stale {
                group.addTask { try await fetch(variable, in: context).map { (variable, $0) } }
            }
            return try await group.reduce(into: [(ContextVariable, JSONValue)]()) { fetched, one in
                if let one { fetched.append(one) }
            }
        }
        var values: JSONObject = [:]
        for (variable, data) in fetched {
            values[variable.name] = data
            guard context.customer.id != Customer.guestID else { continue }
            do {
                try await variables.keep(data, of: variable.id, for: context.customer.id)
            } catch let error as CancellationError {
                throw error
            } catch {
                logger.error(
                    "the value of a variable was not kept; it serves this turn alone",
                    metadata: ["variable": "\(variable.name)", "error": "\(error)"])
            }
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
