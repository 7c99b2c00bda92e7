import Foundation
import ParlantScripting

/// Looks for spec files: `*_spec.lua` in the folder `spec` of a bundle, and in `spec` beside bundles of one file.
struct SpecFinder {
    let roots: ScriptRoots

    /// Files as errors name them, `agents/bank/spec/transfer_spec.lua`, by name; plugins last.
    func find() -> [String] {
        let agents = files("agents", roots.agents).filter { file in
            guard let only = roots.onlyAgents else { return true }
            let parts = file.split(separator: "/")
            // agents/bank/spec/x_spec.lua, or agents/spec/bank_spec.lua for agents/bank.lua
            if parts[1] == "spec" { return only.contains { parts.last?.hasPrefix("\($0)_") == true } }
            return only.contains(String(parts[1]))
        }
        guard let plugins = roots.plugins, roots.onlyAgents == nil else { return agents }
        return agents + files("plugins", plugins)
    }

    private func files(_ kind: String, _ root: String) -> [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let places = ["spec"] + folders.filter { !$0.hasPrefix("_") && !$0.hasPrefix(".") }.map { "\($0)/spec" }
        return places.flatMap { place in
            let below = FileManager.default.enumerator(atPath: "\(root)/\(place)")?.compactMap { $0 as? String } ?? []
            return below.filter { $0.hasSuffix("_spec.lua") }.map { "\(kind)/\(place)/\($0)" }
        }.sorted()
    }
}
