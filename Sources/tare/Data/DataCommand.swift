import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Show what a data set holds, or download a published one.",
    subcommands: [DataShowCommand.self, DataFetchCommand.self])
}
