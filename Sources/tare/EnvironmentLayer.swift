import Failures
import Foundation
import Plans
import Specification

/// The fields that the environment gives: over those of a plan, under those of flags.
enum EnvironmentLayer {
  /// Read once, so that a warning is given once.
  private static let given = Result { () throws(SpecError) in
    let fields = try EnvironmentFields(ProcessInfo.processInfo.environment)
    for note in fields.notes { StandardError.print("warning: \(note)") }
    return fields
  }

  /// - Parameter fields: that mean nothing to the command, which says so of its flags: a variable is for all commands.
  static func assignments(without fields: String...) throws(SpecError) -> [Assignment] {
    try given.get().assignments.filter { !fields.contains($0.path) }
  }

  /// For a resumed run, whose weights are determined: only what changes no bit.
  static func assignmentsOfResumedRun() throws(SpecError) -> [Assignment] {
    try assignments(without: "execution.output").filter { SpecField.known($0.path)?.determinesBits == false }
  }

  /// For processes that are given all fields by this one: variables that take the fields out of their environment.
  static var nothing: [String: String] {
    let names = SpecField.all.flatMap(EnvironmentFields.variables)
    return Dictionary(
      uniqueKeysWithValues: names.filter { ProcessInfo.processInfo.environment[$0] != nil }.map { ($0, "") })
  }
}
