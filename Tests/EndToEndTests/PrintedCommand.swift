import Foundation
import Testing

/// A line that a coordinator printed for people to type: variables, the program, its arguments.
struct PrintedCommand {
  let arguments: [String]
  let variables: [String: String]

  /// - Parameters:
  ///   - role: the subcommand.
  ///   - said: what the coordinator said.
  init(_ role: String, in said: String) throws {
    let line = try #require(said.split(separator: "\n").first { $0.contains(" tare \(role) ") })
    let words = line.split(separator: " ").prefix { !$0.hasPrefix("(") }.map(String.init)
    let assignment = words[0].split(separator: "=").map(String.init)
    try #require(assignment.count == 2 && words[1] == "tare")
    variables = [assignment[0]: assignment[1]]
    arguments = Array(words.dropFirst(2))
  }

  /// - Parameters:
  ///   - script: for a shell, as in `TareProcess`.
  ///   - others: variables beside those of the line.
  func start(
    _ more: [String] = [], through script: String? = nil, variables others: [String: String] = [:]
  ) throws -> TareProcess {
    try TareProcess(arguments + more, through: script, variables: variables.merging(others) { $1 })
  }
}
