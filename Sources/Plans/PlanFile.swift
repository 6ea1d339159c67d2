import Foundation
package import Specification
import Yams

/// A plan: a YAML file that gives fields of a run spec, nested or with dotted names; or the record of a run, `run.json`,
/// which gives the fields of its spec.
///
/// Scalars stay text until the field parses them, so `1e-3` is a number and `no` a word regardless of YAML's own types.
package enum PlanFile {
  /// The fields that the file at `path` gives, in its order.
  ///
  /// - Parameter path: `-` is standard input.
  /// - Throws: when it cannot be read, or as `assignments(yaml:named:)`.
  package static func assignments(at path: String) throws(SpecError) -> [Assignment] {
    let source = try PlanSource(path)
    if let spec = try recordedSpec(source) {
      // The new run has its own folder, and its own way to say what it does.
      let others = ["execution.output", "execution.json", "execution.progress", "execution.logFormat"]
      return spec.essentials.filter { !others.contains($0.path) }
    }
    return try assignments(yaml: source.text, named: source.name, in: source.folder)
  }

  /// The fields that a plan's text gives, in its order.
  ///
  /// - Parameters:
  ///   - name: the file's name, for messages.
  ///   - folder: where relative paths in it start; `nil`: the working folder.
  /// - Throws: with the line, when it is not YAML, not a mapping of fields, or gives a field twice. Names and values
  ///   are checked when they are applied.
  package static func assignments(
    yaml: String, named name: String, in folder: String? = nil
  ) throws(SpecError) -> [Assignment] {
    guard let root = try tree(yaml: yaml, named: name) else { return [] }
    if let key = ["axes", "parts", "sweep"].first(where: { root.mapping?.keys.contains(Node($0)) == true }) {
      throw SpecError(
        field: key, "the plan is that of a sweep: it has \(key); accepted: fields of one run, or tare sweep \(name).",
        origin: name)
    }
    return try assignments(in: root, of: name, folder: folder)
  }

  static func assignments(in node: Node, of name: String, folder: String?) throws(SpecError) -> [Assignment] {
    var reader = PlanReader(name: name, folder: folder)
    try reader.read(node, at: "")
    return reader.assignments
  }

  /// The spec of a run's record; `nil` for any other text.
  private static func recordedSpec(_ source: PlanSource) throws(SpecError) -> RunSpec? {
    struct Mark: Decodable { let formatVersion: Int, commandLine: [String] }
    struct Record: Decodable { let spec: RunSpec, measured: [String]? }
    let bytes = Data(source.text.utf8)
    guard source.text.first == "{", (try? JSONDecoder().decode(Mark.self, from: bytes)) != nil else { return nil }
    guard let record = try? JSONDecoder().decode(Record.self, from: bytes) else {
      throw SpecError(
        field: nil, "the record of a run holds no spec that this version of tare can read.", origin: source.name)
    }
    guard record.measured == nil else {
      throw SpecError(
        field: nil,
        "the record is that of measured checkpoints, which cannot be trained; accepted: the record of a run.",
        origin: source.name)
    }
    return record.spec
  }

  /// The root node; `nil` for an empty document.
  static func tree(yaml: String, named name: String) throws(SpecError) -> Node? {
    guard yaml.utf8.count <= PlanText.limit else {
      throw SpecError(
        field: nil, "the plan has \(yaml.utf8.count) bytes; accepted: at most \(PlanText.limit).", origin: name)
    }
    if let line = PlanText.lineOfAlias(in: yaml) {
      throw SpecError(
        field: nil, "the plan has a YAML alias; accepted: the value itself, written out.",
        origin: "\(name) line \(line)")
    }
    if let refusal = PlanNesting.refusal(of: yaml) {
      throw SpecError(field: nil, refusal.sentence, origin: "\(name) line \(refusal.line)")
    }
    do { return try Yams.compose(yaml: yaml) } catch { throw SpecError(yaml: error, in: name) }
  }
}

/// Walks a YAML tree and collects its leaves.
private struct PlanReader {
  let name: String
  let folder: String?
  var assignments: [Assignment] = []
  var lines: [String: Int] = [:]
  /// In bytes, far more than any field's path. Every leaf stores its path, so unbounded names would take quadratic
  /// memory.
  private static let longestPath = 256

  mutating func read(_ node: Node, at path: String) throws(SpecError) {
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        guard let text = key.scalar?.string else { throw misplaced(key, path, "a field's name") }
        let field = path.isEmpty ? text : "\(path).\(text)"
        guard field.utf8.count <= Self.longestPath else {
          throw misplaced(key, path, "a field's name of at most \(Self.longestPath) bytes")
        }
        try read(value, at: field)
      }
    case .scalar(let scalar):
      guard node.null == nil else { return try add(.null, node, path) }
      guard !path.isEmpty else { throw misplaced(node, path, "fields and their values, such as \"l2: 5e-4\"") }
      try add(.text(scalar.string), node, path)
    case .sequence(let sequence):
      guard !path.isEmpty else { throw misplaced(node, path, "fields and their values, such as \"l2: 5e-4\"") }
      var elements: [String] = []
      for element in sequence {
        guard let text = element.scalar?.string else { throw misplaced(element, path, "a list of words") }
        elements.append(text)
      }
      try add(.list(elements), node, path)
    case .alias:
      throw misplaced(node, path, "a value")
    }
  }

  private mutating func add(_ value: PlanValue, _ node: Node, _ path: String) throws(SpecError) {
    guard !path.isEmpty else { return }  // an empty document
    let line = node.mark?.line ?? 1
    // By the field: it may have several names.
    let key = SpecField.known(path, taking: value)?.path ?? path
    if let first = lines.updateValue(line, forKey: key) {
      throw SpecError(
        field: path, "\(path) is given here and on line \(first); accepted: once.", origin: origin(of: node))
    }
    assignments.append(Assignment(path: path, value: value, origin: origin(of: node)).located(in: folder))
  }

  private func misplaced(_ node: Node, _ path: String, _ accepted: String) -> SpecError {
    let place = path.isEmpty ? "the plan" : path
    return SpecError(
      field: path.isEmpty ? nil : path, "\(place) is invalid; accepted: \(accepted).", origin: origin(of: node))
  }

  private func origin(of node: Node) -> String { "\(name) line \(node.mark?.line ?? 1)" }
}

extension SpecError {
  /// The YAML parser's error, with its line where known.
  fileprivate init(yaml error: any Error, in name: String) {
    let (line, problem): (Int?, String) =
      switch error as? YamlError {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        (mark.line, problem)
      case .duplicatedKeysInMapping(let keys, let context):
        (context.mark.line, "\(keys.sorted().joined(separator: ", ")) is given twice in one mapping")
      case .reader(let problem, _, _, _): (nil, problem)
      default: (nil, "it cannot be parsed")
      }
    self.init(
      field: nil, "the plan is not YAML: \(problem).", origin: line.map { "\(name) line \($0)" } ?? name)
  }
}
