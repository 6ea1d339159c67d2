import Failures
package import Specification

/// Fields that the environment gives, in variables that are named after them: `TARE_L2=5e-4`.
package struct EnvironmentFields: Sendable {
  /// In the order of the field table; the variable is each one's origin.
  package private(set) var assignments: [Assignment] = []
  /// What looks like a field and is none, as sentences.
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
      let meant = Self.nearest(to: name)
      // Other programs may have variables of this prefix.
      guard meant != nil || Self.path(of: name).contains(".") else { continue }
      notes.append(
        "the environment variable \(name) is no field and has no effect; "
          + (meant.map { "did you mean \($0)?" } ?? "\"tare fields --json\" lists those that have."))
    }
  }

  private static let prefix = "TARE_"

  /// Variables of this prefix that mean something else: to the program, to scripts beside it, or to tests.
  package static let others: Set<String> = [
    "TARE_AXE", "TARE_CLUSTER", "TARE_COMMIT", "TARE_DATA", "TARE_DEADLINES", "TARE_EMULATED_MICROBATCH", "TARE_HOST",
    "TARE_KEY", "TARE_ONNX_PYTHON", "TARE_PROOF", "TARE_PYTHON_CLIENT", "TARE_REGENERATE_TRANSCRIPTS",
    "TARE_REGENERATE_VECTORS",
    "TARE_SCRATCH", "TARE_SSH", "TARE_TENSORBOARD_PYTHON", "TARE_TEST", "TARE_TORCH_PYTHON", "TARE_TRACE_VIEWER",
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

  /// The variable that was probably meant: that of the field which has this name as a flag or had it once, one that is
  /// spelled nearly so, or one in the same group.
  private static func nearest(to name: String) -> String? {
    let flagged = SpecField.all.first { field in
      field.flags.contains { prefix + $0.uppercased().replacing("-", with: "_") == name }
    }
    let path = path(of: name)
    if let field = flagged ?? SpecField.known(path) { return variable(of: field.path) }
    // Short names are near each other by chance.
    let most = name.count < prefix.count + 6 ? 1 : 2
    let best = SpecField.all.flatMap(variables).map { ($0, NearestName.distance($0, name)) }.min { $0.1 < $1.1 }
    if let best, best.1 <= most { return best.0 }
    guard path.contains("."), let near = SpecField.nearest(to: path) else { return nil }
    return SpecField.known(near).map { variable(of: $0.path) }
  }

  /// `optimizer.lr` for `TARE_OPTIMIZER_LR`: with a dot if the first word is a group of fields, or was one.
  private static func path(of name: String) -> String {
    let words = name.dropFirst(prefix.count).lowercased().split(separator: "_")
    func joined(_ words: ArraySlice<Substring>) -> String {
      words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
    guard let first = words.first, words.count > 1, groups.contains(String(first)) else { return joined(words[...]) }
    return "\(first).\(joined(words.dropFirst()))"
  }

  private static let groups = Set(
    SpecField.all.flatMap { field -> [String] in [field.path] + field.formerPaths }.compactMap { path -> String? in
      let parts = path.split(separator: ".")
      return parts.count > 1 ? String(parts[0]) : nil
    })
}
