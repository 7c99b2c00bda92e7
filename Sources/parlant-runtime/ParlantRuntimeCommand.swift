import ArgumentParser
import ParlantServer

/// The command `parlant-runtime`. `parlant-runtime agents/` is `parlant-runtime serve agents/`.
@main
struct ParlantRuntimeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parlant-runtime",
        abstract: "Runs conversational agents that are written in Lua.",
        version: Application.version,
        subcommands: [
            ServeCommand.self, CheckCommand.self, TestCommand.self, ChatCommand.self, NewCommand.self,
            TypesCommand.self, ModelsCommand.self, StatusCommand.self, BackupCommand.self,
            MigrateCommand.self, ExportCommand.self, EraseCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}
