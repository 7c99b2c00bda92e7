import Foundation
import ParlantScripting

/// The scripts below the folders of a check, specs included, as files of a bundle.
struct ScriptTexts {
    struct Script {
        /// Bundle that the file belongs to; `_shared` for code that several use.
        var bundle: String
        /// As errors name it, `agents/bank/spec/transfer_spec.lua`.
        var file: String
        var text: String
    }

    let roots: ScriptRoots

    /// All of them by name, agents first. What cannot be read is left out: the load says why.
    func read() -> [Script] {
        let only = roots.onlyAgents
        let agents = scripts("agents", roots.agents) { entry, file in
            guard let only else { return true }
            // agents/bank.lua has its tests in agents/spec/bank_spec.lua.
            guard entry == "spec" else { return only.contains(entry) }
            return only.contains { file.split(separator: "/").last?.hasPrefix("\($0)_") == true }
        }
        guard let plugins = roots.plugins, only == nil else { return agents }
        return agents
            + scripts("plugins", plugins) { entry, _ in
                roots.enabledPlugins?.contains(entry) ?? true || entry.hasPrefix("_")
            }
    }

    private func scripts(
        _ kind: String, _ root: String, where isWanted: (_ entry: String, _ file: String) -> Bool
    ) -> [Script] {
        let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".lua") && !$0.hasPrefix(".") }.sorted().compactMap { name in
            let entry = name.split(separator: "/")[0]
            let bundle = entry.hasSuffix(".lua") ? String(entry.dropLast(4)) : String(entry)
            guard isWanted(bundle, name), let text = try? String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)
            else { return nil }
            return Script(bundle: bundle, file: "\(kind)/\(name)", text: text)
        }
    }
}
