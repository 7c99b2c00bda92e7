import ArgumentParser
import ParlantAuthoring
import ParlantScripting
import ParlantServer

/// `types`: tells editors the language.
struct TypesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "types", abstract: "Writes types for editors and rules for luacheck.",
        discussion:
            "Types in types/ that it wrote before are replaced; a .luarc.json or .luacheckrc that is there is left "
            + "alone.")

    @Argument(help: "Folder of the project, the one that has agents/.", completion: .directory)
    var path = "."

    @Flag(help: "Prints the reference of the language in Markdown, and writes nothing.")
    var reference = false

    @Flag(help: "Prints the rules for luacheck, and writes nothing.")
    var luacheck = false

    func validate() throws {
        if reference, luacheck {
            throw ValidationError("--reference and --luacheck print one text each; give one of them.")
        }
    }

    func run() async throws {
        if luacheck { return print(LuacheckRules.file, terminator: "") }
        if reference {
            print(Reference.page, terminator: "")
            return
        }
        let outcome = try await reporting { try TypeFiles.write(to: path) }
        for file in outcome.written { print("wrote \(file)") }
        for file in outcome.kept {
            let need =
                file.hasSuffix(".luarc.json")
                ? "its workspace.library needs \"types\"" : "compare with 'types --luacheck'"
            print("kept \(file), which was there; \(need)")
        }
    }
}
