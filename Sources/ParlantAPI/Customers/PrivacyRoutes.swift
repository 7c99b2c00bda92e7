import Hummingbird
import NIOCore
import ParlantCore

/// What a customer may ask for: everything that is kept of them, and that nothing is.
struct PrivacyRoutes: Sendable {
    private let exporter: (any CustomerExporter)?
    private let erasure: CustomerErasure?

    init(_ services: APIServices) {
        exporter = services.exporter
        erasure = services.erasure
    }

    func add(to table: inout RouteTable) {
        if let exporter {
            table.on(.get, "/customers/{customer_id}/export", .export) { call in
                let export = try await exporter.prepare(CustomerID(call.parameters[0]))
                return .file(export.fileName, export.contentType) { writer in
                    try await export.write { bytes in
                        try await writer.write(ByteBuffer(bytes: bytes), closingAtShutdown: call.channel)
                    }
                    try await writer.finish(nil)
                }
            }
        }
        if let erasure {
            table.on(.post, "/customers/{customer_id}/erase", .erase) { call in
                let report = try await erasure.erase(CustomerID(call.parameters[0]))
                return .json { report.write(to: &$0) }
            }
        }
    }
}

extension CustomerErasure.Report {
    /// What ``write(to:)`` writes.
    fileprivate static let schema = Schema.named(
        "CustomerErasure",
        .record([
            "customer": .boolean, "sessions": .integer(0...Int.max), "values": .integer(0...Int.max),
            "documents": .integer(0...Int.max), "memories": .integer(0...Int.max),
            "also_removed": .list(.string()), "remains": .list(.string()),
        ]))

    /// Writes what there was and what remains.
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("customer")
        writer.boolean(hadRecord)
        writer.key("sessions")
        writer.integer(sessions)
        writer.key("values")
        writer.integer(values)
        writer.member("documents", documents)
        writer.member("memories", memories)
        for (key, sentences) in [("also_removed", alsoRemoved), ("remains", remains)] {
            writer.key(key)
            writer.beginArray()
            for sentence in sentences { writer.string(sentence) }
            writer.endArray()
        }
        writer.endObject()
    }
}

extension Operation {
    fileprivate static let export = Operation(
        "export_customer", in: "customers", as: "export", "Export everything that is kept of a customer",
        about:
            "A zip file of JSON for people: the customer, their documents, memories, sessions with all events, values of "
            + "variables, entries of scripts, explanations, and a README that says what is what.",
        .zip, refusing: [.notFound, .conflict])
    fileprivate static let erase = Operation(
        "erase_customer", in: "customers", as: "erase", "Erase everything that is kept of a customer",
        about: "Ends the turns in their sessions, then removes sessions, events, explanations, values of variables, "
            + "documents, memories, entries of scripts and the customer, and overwrites them in the store. Tells what there was, in "
            + "'also_removed' which files went that others were in too, and in 'remains' what is out of the server's reach. "
            + "Asking again is fine, and finishes what broke off.",
        .ok(CustomerErasure.Report.schema), refusing: [.conflict])
}
