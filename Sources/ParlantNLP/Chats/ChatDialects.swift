import Synchronization

/// The dialects of an endpoint's models: one model may understand what another does not.
final class ChatDialects: Sendable {
    typealias Version = LearnedDialect<any ChatDialect>.Version

    /// Answers in a row that keep to nothing, after which it is left out. One may be the model's whim.
    private static let patience = 3

    private let learned: [String: LearnedDialect<any ChatDialect>]
    private let ignored = Mutex<[String: Int]>([:])
    private let host: String
    /// Told once for each thing that matters and is not understood.
    private let onNotice: @Sendable (String) -> Void

    init(
        _ best: any ChatDialect, _ configuration: EndpointConfiguration, onNotice: @escaping @Sendable (String) -> Void
    ) {
        learned = Dictionary(
            uniqueKeysWithValues: configuration.models.all.map { model in
                (model, LearnedDialect(best) { $0.plainer(after: $1) })
            })
        host = configuration.host
        self.onNotice = onNotice
    }

    /// The dialect that a model is known to understand, or the best.
    ///
    /// - Parameter model: One of the configuration's names.
    func current(for model: String) -> Version {
        guard let dialect = learned[model] else { preconditionFailure("the configuration names no model \(model)") }
        return dialect.current
    }

    /// Notes whether an answer kept to what was asked for.
    ///
    /// - Parameter what: What it did not keep to; nil: it kept to all.
    func note(ignored what: String?, _ model: String, used: Version) {
        let count = ignored.withLock { counts in
            counts[model] = what == nil ? 0 : counts[model, default: 0] + 1
            return counts[model, default: 0]
        }
        if let what, count >= Self.patience { _ = learn(from: what, model, used: used) }
    }

    /// Learns from a refusal; see ``LearnedDialect/learn(from:used:)``.
    func learn(from text: String, _ model: String, used: Version) -> Bool {
        guard learned[model]?.learn(from: text, used: used) == true else { return false }
        if used.dialect.sendsSchema, !current(for: model).dialect.sendsSchema {
            onNotice(
                "\(host) does not support JSON schemas; answers are checked and asked for again, which is slower")
        }
        return true
    }
}
