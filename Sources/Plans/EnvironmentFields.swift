import Failures
package import Specification

/// Fields that the environment gives, in variables that are named after them: `TARE_L2=5e-4`.
package struct EnvironmentFields: Sendable {
  /// In the order of the field table; the variable is each one's origin.
  package private(set) var assignments: [Assignment] = []
  /// What looks like a mistyped name, as sentences.
  package private(set) var notes: [String] = []

  /// - Parameter variables: of the environment. An empty one gives nothing.
  /// - Throws: when two variables name one field. Values are checked when they are applied.
  package init(_ variables: [String: String]) throws(SpecError) {
    let given = variables.filter { $0.key.hasPrefix(Self.prefix) && !$0.value.isEmpty }
    for field in SpecField.all {
      let names = Self.variables(of: field).filter { given[$0] != nil }
      guard let name = names.first, let value = given[name] else { continue }
      if names.count > 1 {
        throw SpecError(
          field: field.path, "\(names.joined(separator: " and ")) both give \(field.path); accepted: one of the two.")
      }
      let read = try Assignment(setting: "\(field.path)=\(value)")
      assignments.append(Assignment(path: read.path, value: read.value, origin: name))
    }
    let known = Set(SpecField.all.flatMap(Self.variables))
    for name in given.keys.sorted() where !known.contains(name) && !Self.others.contains(name) {
      guard let meant = Self.nearest(to: name) else { continue }
      notes.append("the environment variable \(name) is no field; did you mean \(meant)?")
    }
  }

  private static let prefix = "TARE_"

  /// Variables of this prefix that mean something else: to the program, to scripts beside it, or to tests.
  package static let others: Set<String> = [
    "TARE_AXE", "TARE_CLUSTER", "TARE_COMMIT", "TARE_DATA", "TARE_DEADLINES", "TARE_EMULATED_MICROBATCH", "TARE_HOST",
    "TARE_KEY", "TARE_ONNX_PYTHON", "TARE_PROOF", "TARE_PYTHON_CLIENT", "TARE_REGENERATE_TRANSCRIPTS",
    "TARE_REGENERATE_VECTORS",
    "TARE_SCRATCH", "TARE_SSH", "TARE_TENSORBOARD_PYTHON", "TARE_TEST", "TARE_TORCH_PYTHON",
    "TARE_WORK_TIMES",
  ]

  /// The variables that give a field: by its path, and by the path of its group if that alone means it, as in a plan.
  package static func variables(of field: SpecField) -> [String] {
    let group = field.path.split(separator: ".").first.map(String.init)
    return [variable(of: field.path)]
      + (group.map { $0 != field.path && SpecField.known($0)?.path == field.path ? [variable(of: $0)] : [] } ?? [])
  }

  /// Capitals, with `_` for dots and between words: `groups.gammaBeta.l2` is `TARE_GROUPS_GAMMA_BETA_L2`.
  package static func variable(of path: String) -> String {
    var name = prefix
    var last: Character = "."
    for character in path {
      if character.isUppercase, last.isLowercase || last.isNumber { name += "_" }
      name += character == "." ? "_" : character.uppercased()
      last = character
    }
    return name
  }

  /// The variable that was probably meant: one that is spelled nearly so, or that of the field whose flag has this name.
  private static func nearest(to name: String) -> String? {
    // Short names are near each other by chance.
    let most = name.count < prefix.count + 6 ? 1 : 2
    let near = SpecField.all.flatMap { field in variables(of: field).map { (name: $0, field: field) } }
    let flagged = SpecField.all.flatMap { field in
      field.flags.map { (name: prefix + $0.uppercased().map { $0 == "-" ? "_" : String($0) }.joined(), field: field) }
    }
    if let field = flagged.first(where: { $0.name == name })?.field { return variable(of: field.path) }
    let best = near.map { ($0.name, NearestName.distance($0.name, name)) }.min { $0.1 < $1.1 }
    return best.flatMap { $0.1 <= most ? $0.0 : nil }
  }
}
