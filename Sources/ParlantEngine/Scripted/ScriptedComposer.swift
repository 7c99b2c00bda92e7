import ParlantCore

/// Says what the script of the turn says; else composes as without a model.
struct ScriptedComposer: MessageComposer {
    let director: any TurnDirector
    let canned: OfflineComposer

    func compose(_ composition: Composition, in context: TurnContext) async throws -> Reply? {
        if let text = director.script(for: context.session.id).reply { return Reply(text: text, isWritten: true) }
        return try await canned.compose(composition, in: context)
    }
}
