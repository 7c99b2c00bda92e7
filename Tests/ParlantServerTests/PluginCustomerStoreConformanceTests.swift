import Foundation
import Logging
import LuaRuntime
import ParlantCore
import ParlantHTTP
import ParlantScripting
import ParlantTesting
import Testing

@Suite("Customers that a plugin keeps in a service")
struct PluginCustomerStoreConformanceTests {
    private static let lanes = [LuaLane(name: "crm-1"), LuaLane(name: "crm-2")]

    private static let plugins = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "plugins").path

    @Test("keep the contract of every customer store, over HTTP", arguments: CustomerStoreConformance.checks)
    func contract(_ check: ConformanceCheck<any CustomerStore>) async throws {
        let agents = FileManager.default.temporaryDirectory.appending(path: "agents-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: agents, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: agents) }
        try await CustomerServer.with { server in
            let transport = AsyncHTTPTransport()
            do {
                let url = JSONValue.string("http://127.0.0.1:\(server.port)")
                let loaded = await ScriptHost.load(
                    ScriptRoots(agents: agents.path, plugins: Self.plugins, enabledPlugins: ["crm_customers"]),
                    configuration: ["crm_customers": ["base_url": url, "timeout": 30]], lanes: Self.lanes,
                    http: transport, clock: SystemTimeSource(), logger: Logger(label: "test"))
                let scripts = try loaded.get()
                let directory = PluginDirectory()
                directory.follow { scripts }
                try directory.requireCustomerStore(of: "crm_customers")
                try await check.run(directory.customerStore(of: "crm_customers", clock: SystemTimeSource()))
            } catch {
                try await transport.shutDown()
                throw error
            }
            try await transport.shutDown()
        }
    }
}
