import LuaRuntime
import ParlantCore

extension ContextServices {
    /// What `emit(piece)` of a streaming function does; the function waits until the receiver has it.
    var emitPiece: HostFunction {
        .waiting("emit_piece") { call in
            let scope = try CallScope.of(call, "emit")
            guard let receive = scope.receive else { throw HostError("emit: nobody takes pieces here") }
            guard let piece = call.argument(0).text else {
                throw HostError("emit: \(Wording.expected("a string", got: HandlerWording.found(call.argument(0))))")
            }
            guard !piece.isEmpty else { return [] }
            do {
                try await receive(piece)
            } catch {
                // Whoever takes the pieces wants no more of them, and the function cannot change that.
                throw HostAbort(error)
            }
            return []
        }
    }
}
