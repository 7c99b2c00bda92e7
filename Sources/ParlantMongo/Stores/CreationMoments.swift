import ParlantCore

/// Moments of creation that strictly increase, whichever node asks for one: the database keeps the latest.
enum CreationMoments {
    /// The moment for what is created now in a collection.
    ///
    /// - Parameter now: The node's clock; the moment is later when another node's clock is ahead.
    static func next(_ collection: String, _ now: Timestamp, _ connection: MongoConnection) throws -> Timestamp {
        let moment = BSONValue.integer(now.microseconds)
        let document = try connection.upsert(
            Collections.moments, ["_id": .string(collection)],
            [["$set": ["latest": ["$max": [["$add": ["$latest", 1]], moment]]]]])
        guard let latest = document["latest"]?.integer.flatMap({ Timestamp(exactly: $0) }) else {
            throw MongoError(.failed, "the collection '\(Collections.moments)' holds no moment")
        }
        return latest
    }

    /// Notes that something in a collection has this moment already: what is created next comes later.
    static func note(_ moment: Timestamp, _ collection: String, _ connection: MongoConnection) throws {
        try connection.update(
            Collections.moments, ["_id": .string(collection)],
            ["$max": ["latest": .integer(moment.microseconds)]], upsert: true)
    }
}
