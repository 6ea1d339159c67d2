import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Show what a data set holds.",
    subcommands: [DataShowCommand.self])
}
