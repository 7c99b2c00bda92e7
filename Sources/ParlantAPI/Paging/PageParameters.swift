import HTTPTypes
import ParlantCore

extension QueryReader {
    /// Reads `limit`, `cursor` and `sort`. A cursor that makes no sense counts as none.
    mutating func page() -> PageRequest {
        let limit = integer("limit", in: 1...100)
        let direction = choice("sort", default: PageRequest.Direction.ascending)
        return PageRequest(
            limit: limit, cursor: string("cursor").flatMap(PageCursor.init(wire:)),
            direction: direction)
    }
}

extension Schema {
    /// What ``Reply/page(_:isPaged:_:)`` writes: a plain list, or a page.
    static func page(of item: Schema, named name: String) -> Schema {
        .either([
            .list(item),
            .named(
                name,
                .record([
                    "items": .list(item), "total_count": .integer(), "has_more": .boolean,
                    "next_cursor": .nullable(.string()),
                ])),
        ])
    }
}

extension Reply {
    /// A list as the reference sends it: with a limit an object with the page's place in the whole, without one a
    /// plain array.
    static func page<Item>(
        _ page: Page<Item>, isPaged: Bool, _ write: (Item, inout JSONWriter) -> Void
    ) -> Reply {
        .json(capacity: 64 + page.items.count * 256) { writer in
            if isPaged {
                writer.beginObject()
                writer.key("items")
            }
            writer.beginArray()
            for item in page.items { write(item, &writer) }
            writer.endArray()
            if isPaged {
                writer.key("total_count")
                writer.integer(page.totalCount)
                writer.key("has_more")
                writer.boolean(page.hasMore)
                writer.key("next_cursor")
                writer.string(page.nextCursor?.wire)
                writer.endObject()
            }
        }
    }
}
