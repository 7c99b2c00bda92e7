import HTTPTypes
import Logging
import ParlantCore
import ParlantEngine

/// The response for whatever a route threw. The only place where errors become HTTP.
///
/// A fault of ours says nothing about itself to the client; the log has it, under the id that the response carries.
func errorReply(for error: any Error, in context: APIContext) -> Reply {
    let known: APIError? =
        switch error {
        case let error as APIError: error
        case let error as StoreError: APIError(error)
        case let error as EngineError: APIError(error)
        case is CancellationError: .shuttingDown
        default: nil
        }
    if known == nil || (error as? StoreError)?.code == .unavailable {
        let cause = (error as? StoreError)?.cause.map { ", because of \($0)" } ?? ""
        context.logger.error(
            "a request failed", metadata: ["error": "\(error)\(cause)", "request": "\(context.requestID)"])
    }
    return Reply(known ?? APIError(.internalServerError, "Internal Server Error"))
}

extension Reply {
    fileprivate init(_ error: APIError) {
        self = .json(error.status) { writer in
            writer.beginObject()
            writer.key("detail")
            switch error.detail {
            case .text(let text): writer.string(text)
            case .problems(let problems):
                writer.beginArray()
                for problem in problems { problem.write(to: &writer) }
                writer.endArray()
            }
            writer.endObject()
        }
        headers = error.headers
    }
}

extension APIError {
    /// The reference's words where it has any; a sentence with the remedy where it answers 500.
    init?(_ error: StoreError) {
        switch error.code {
        case .notFound:
            switch error.entity {
            case "session": self.init(.notFound, "Session not found (id='\(error.id)')")
            case "event": self.init(.notFound, "Event not found (id='\(error.id)')")
            default: self = .itemNotFound(error.id)
            }
        case .alreadyExists, .protected: self.init(.conflict, Self.sentence(error.message))
        case .tooLarge: self.init(.contentTooLarge, Self.sentence(error.message))
        case .notOffered: self.init(.methodNotAllowed, Self.sentence(error.message))
        case .unavailable: self = .tryLater("The data store does not answer; try again in a moment.")
        default: return nil
        }
    }

    init?(_ error: EngineError) {
        switch error.code {
        case .manualSession, .superseded, .busy, .budgetExhausted: self.init(.conflict, Self.sentence(error.message))
        case .middleOfTrace: self = .unprocessable(error.message)
        case .noLanguageModel: self = .unprocessable(Self.sentence(error.message))
        case .modelFailed, .turnFailed, .turnRunsElsewhere: self = .tryLater(Self.sentence(error.message))
        case .unknownAgent: self.init(.notFound, Self.sentence(error.message))
        case .tooManyWaiters, .tooManyQueued: self = .tryLater(Self.sentence(error.message))
        case .shuttingDown: self = .shuttingDown
        default: return nil
        }
    }

    /// A message of ours as a sentence: upper case first, full stop last.
    private static func sentence(_ message: String) -> String {
        message.prefix(1).uppercased() + message.dropFirst() + (message.hasSuffix(".") ? "" : ".")
    }
}
