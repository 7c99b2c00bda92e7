import ArgumentParser
import ParlantServer

/// Where a customer's data is: at a running server, or in stores as the server is told them.
struct CustomerPlaceOptions: ParsableArguments {
    @Option(help: "Address of a running server, as http://127.0.0.1:8800.")
    var url: String?

    @OptionGroup var storage: StoreOptions

    var place: CustomerPlace { url.map { .server($0) } ?? .stores(storage.plan) }

    func validate() throws {
        let isPlanned = storage.plan != StorePlan()
        if url != nil, isPlanned {
            throw ValidationError("--url asks a server, which knows its stores; leave out --store.")
        }
        if url == nil, !isPlanned {
            throw ValidationError("Say where the data is: --url for a running server, --store for stores at rest.")
        }
    }
}
