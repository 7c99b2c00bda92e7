import ParlantCore

/// Who answers after tools have run.
enum HandOff {
    /// The mode that results switch the session to; nil: it stays as it is. Once a tool of the turn hands over, no other
    /// one undoes it, whether it runs beside it or in a later round.
    ///
    /// - Parameters:
    ///   - ran: Calls of this round.
    ///   - runs: Calls of the rounds before.
    static func mode(after ran: [ToolRun], _ runs: [ToolRun]) -> Session.Mode? {
        guard !runs.contains(where: { $0.result?.mode == .manual }) else { return nil }
        let modes = ran.compactMap { $0.result?.mode }
        return modes.contains(.manual) ? .manual : modes.last
    }
}
