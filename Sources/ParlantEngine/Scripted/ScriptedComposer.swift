import ParlantCore

/// Says what the script of the turn says; else composes as without a model.
struct ScriptedComposer: MessageComposer {
    let director: any TurnDirector
    let canned: OfflineComposer

    func compose(_ composition: Composition, in context: TurnContext, to output: any ReplyOutput) async throws {
        if let text = director.script(for: context.session.id).reply {
            return try await output.say(Reply(text: text, isWritten: true))
        }
        try await canned.compose(composition, in: context, to: output)
    }
}
