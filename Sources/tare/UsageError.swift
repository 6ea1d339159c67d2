import Coordination

/// What the command line itself, apart from any field, can get wrong.
enum UsageError {
  static func unknownCommand(_ name: String, accepted: [String]) -> SpecError {
    .unknown("command", name, accepted: accepted)
  }

  /// A flag followed by another flag where its value should be.
  static func missingValue(_ assignment: Assignment) -> SpecError {
    SpecError(
      field: assignment.path,
      "\(assignment.path) has no value; accepted: one before \"\(assignment.value.text)\".")
  }
}
