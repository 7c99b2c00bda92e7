import ArgumentParser
import ParlantAuthoring
import ParlantScripting
import ParlantServer

/// `types`: tells editors the language.
struct TypesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "types", abstract: "Writes types for editors: types/ and .luarc.json.",
        discussion: "Types that it wrote before are replaced; a .luarc.json that is there is left alone.")

    @Argument(help: "Folder of the project, the one that has agents/.", completion: .directory)
    var path = "."

    @Flag(help: "Prints the reference of the language in Markdown, and writes nothing.")
    var reference = false

    func run() async throws {
        if reference {
            print(Reference.page, terminator: "")
            return
        }
        let outcome = try await reporting { try TypeFiles.write(to: path) }
        for file in outcome.written { print("wrote \(file)") }
        for file in outcome.kept { print("kept \(file), which was there; its workspace.library needs \"types\"") }
    }
}
