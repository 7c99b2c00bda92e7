import HTTPTypes
import ParlantCore

/// `/evaluations`. What is asked is kept and complete at once: without a model's judgement the invoice is approved, and
/// what only a model could propose is null.
struct EvaluationRoutes: Sendable {
    private let store: any EntityStore<Evaluation>
    private let ids: any IDGenerator

    init(_ services: APIServices) {
        store = services.entities.evaluations
        ids = services.ids
    }

    func add(to table: inout RouteTable) {
        table.on(
            .post, "/evaluations", .create,
            body: { body in
                body.requiredDocuments("payloads") { fields in
                    _ = fields.requiredChoice("kind", default: PayloadKind.guideline)
                    return fields.document("guideline", Self.payload)
                }
            }
        ) { [self] _, payloads in try await create(payloads) }
        // There is nothing to wait for.
        table.on(
            .get, "/evaluations/{evaluation_id}", .read,
            query: { $0.integer("wait_for_completion", in: 0...Int.max, default: 60) }
        ) { [self] call, _ in reply(try await store.read(Identifier(call.parameters[0]))) }
    }

    private func create(_ given: [Evaluation.Payload?]) async throws -> Reply {
        guard !given.isEmpty else {
            throw APIError.unprocessable("No payloads provided for the evaluation task.")
        }
        let payloads = try given.map { payload in
            guard let payload else { throw APIError.unprocessable("Missing Guideline payload") }
            guard payload.proposesAction || payload.proposesProperties || payload.proposesJourneyNode else {
                throw APIError.unprocessable(
                    "At least one of action_proposition, properties_proposition or journey_node_proposition must be "
                        + "enabled")
            }
            return payload
        }
        return reply(
            try await store.create(Evaluation(id: Identifier(ids.entityID()), payloads: payloads)), .created)
    }

    private enum PayloadKind: String, CaseIterable { case guideline }

    private static func payload(_ body: inout FieldReader) -> Evaluation.Payload {
        let none = (condition: "", action: nil as String?)
        let content = body.requiredDocument("content", default: none) { fields in
            let condition = fields.requiredString("condition")
            return (condition: condition, action: fields.string("action"))
        }
        let tools = body.requiredDocuments("tool_ids") { $0.toolID() }
        let operation = body.requiredChoice("operation", default: Evaluation.Operation.add)
        let updated = body.string("updated_id")
        let action = body.boolean("action_proposition") ?? false
        let properties = body.boolean("properties_proposition") ?? false
        let node = body.boolean("journey_node_proposition") ?? false
        return Evaluation.Payload(
            condition: content.condition, action: content.action, tools: tools, operation: operation,
            updatedID: updated.map(GuidelineID.init(rawValue:)), proposesAction: action,
            proposesProperties: properties, proposesJourneyNode: node)
    }

    private func reply(_ stored: Stored<Evaluation>, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status) { stored.write(to: &$0) }
    }
}

extension Stored<Evaluation> {
    /// What ``write(to:)`` writes.
    fileprivate static var schema: Schema {
        .named(
            "Evaluation",
            .record([
                "id": .string(), "status": .choice(["pending", "running", "completed", "failed"]),
                "progress": .number, "creation_utc": .timestamp, "error": .nullable(.string()),
                "invoices": .list(
                    .named(
                        "Invoice",
                        .record([
                            "payload": Evaluation.Payload.schema, "checksum": .string(), "approved": .boolean,
                            "data": Evaluation.Payload.findingsSchema, "error": .nullable(.string()),
                        ]))),
            ]))
    }

    /// Writes the evaluation as the reference's clients read it.
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", entity.id.rawValue)
        writer.member("status", "completed")
        writer.key("progress")
        writer.number(100)
        writer.member("creation_utc", createdAt)
        writer.member("error", nil as String?)
        writer.key("invoices")
        writer.array(entity.payloads) { payload, writer in
            writer.beginObject()
            writer.key("payload")
            payload.write(to: &writer)
            writer.member("checksum", payload.checksum)
            writer.member("approved", true)
            writer.key("data")
            payload.writeFindings(to: &writer)
            writer.member("error", nil as String?)
            writer.endObject()
        }
        writer.endObject()
    }
}

extension Evaluation.Payload {
    /// What ``write(to:)`` writes.
    fileprivate static let schema = Schema.named(
        "EvaluationPayload",
        .record([
            "kind": .choice(["guideline"]),
            "guideline": .record([
                "content": .record(["condition": .string(), "action": .nullable(.string())]),
                "tool_ids": .list(ToolID.schema), "operation": .choice(of: Evaluation.Operation.self),
                "updated_id": .nullable(.string()), "action_proposition": .boolean,
                "properties_proposition": .boolean, "journey_node_proposition": .boolean,
            ]),
        ]))

    /// What ``writeFindings(to:)`` writes.
    fileprivate static let findingsSchema = Schema.named(
        "EvaluationFindings",
        .record([
            "guideline": .record([
                "action_proposition": .nullable(.string()),
                "properties_proposition": .nullable(.dictionary(.anything)),
            ])
        ]))

    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("kind", "guideline")
        writer.key("guideline")
        writer.beginObject()
        writer.key("content")
        writer.beginObject()
        writer.member("condition", condition)
        writer.member("action", action)
        writer.endObject()
        writer.key("tool_ids")
        writer.array(tools) { tool, writer in
            writer.beginObject()
            writer.member("service_name", tool.service)
            writer.member("tool_name", tool.name)
            writer.endObject()
        }
        writer.member("operation", operation.rawValue)
        writer.member("updated_id", updatedID?.rawValue)
        writer.member("action_proposition", proposesAction)
        writer.member("properties_proposition", proposesProperties)
        writer.member("journey_node_proposition", proposesJourneyNode)
        writer.endObject()
        writer.endObject()
    }

    /// What is known without a model: the action that was given. Properties are null, not guessed.
    fileprivate func writeFindings(to writer: inout JSONWriter) {
        let names = ["continuous", "customer_dependent_action_data", "agent_intention_condition", "internal_action"]
        writer.beginObject()
        writer.key("guideline")
        writer.beginObject()
        writer.member("action_proposition", proposesAction ? action : nil)
        writer.key("properties_proposition")
        if proposesProperties {
            writer.beginObject()
            for name in names {
                writer.key(name)
                writer.null()
            }
            writer.endObject()
        } else {
            writer.null()
        }
        writer.endObject()
        writer.endObject()
    }
}

extension Operation {
    fileprivate static let create = Operation(
        "create_evaluation", in: "evaluations", as: "create", "Evaluate guidelines",
        example: [
            "payloads": [
                [
                    "kind": "guideline",
                    "guideline": [
                        "content": ["condition": "The customer greets", "action": "Greet back"], "tool_ids": [],
                        "operation": "add", "action_proposition": true,
                    ],
                ]
            ]
        ],
        .created(Stored<Evaluation>.schema))
    fileprivate static let read = Operation(
        "read_evaluation", in: "evaluations", as: "retrieve", "Read an evaluation", .ok(Stored<Evaluation>.schema),
        refusing: [.notFound])
}
