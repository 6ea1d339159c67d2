import Foundation
package import Specification
import Yams

/// A sweep plan: a YAML file that names the sweep, gives the fields common to all its runs, and axes.
///
/// ```yaml
/// sweep: map
/// base: {network: mlp, batch: 64}
/// axes:
///   - optimizer.learningRate: [1e-3, 1e-2, 1e-1]
///   - l2: {values: [0, 0.01, 0.1], times: 0.5}        # or linear, log: [from, to, count]; powersOfTwo: [from, to]
///   - condition: {free: {}, projected: {projection: filter}}
///   - {batch: [32, 64], steps: [2000, 1000]}          # zipped
/// # axes: {l2: [0, 0.01], seed: [1, 2]} is short for a list of the two
/// repeats: 3                                           # the axis seed: [1, 2, 3]
/// ```
/// Instead of `axes`, `parts` lists grids, each with its own `name`, `base`, `axes` and optionally `repeats`.
package enum SweepFile {
  /// - Throws: `SpecError`, with the line, for a file that cannot be read and for an invalid plan.
  package static func plan(at path: String) throws(SpecError) -> SweepPlan {
    let source = try PlanSource(path)
    return try plan(yaml: source.text, named: source.name, in: source.folder)
  }

  /// - Parameter folder: where relative paths in it start; `nil`: the working folder.
  package static func plan(
    yaml: String, named name: String, in folder: String? = nil
  ) throws(SpecError) -> SweepPlan {
    guard let root = try PlanFile.tree(yaml: yaml, named: name) else {
      throw SpecError(field: nil, "the sweep plan is empty; accepted: sweep, base, and axes or parts.", origin: name)
    }
    if let mapping = root.mapping, !["sweep", "axes", "parts"].contains(where: { mapping.keys.contains(Node($0)) }),
      let fields = try? PlanFile.assignments(in: root, of: name, folder: folder),
      fields.contains(where: { SpecField.known($0.path) != nil })
    {
      throw SpecError(
        field: "axes",
        "the plan is that of one run; accepted: sweep, base, and axes or parts, or tare train \(name).", origin: name)
    }
    return try SweepReader(file: name, folder: folder).plan(root)
  }
}

/// Reads a sweep from a YAML tree.
private struct SweepReader {
  let file: String
  let folder: String?

  func plan(_ root: Node) throws(SpecError) -> SweepPlan {
    let fields = try fields(root, of: "the sweep plan", accepted: ["sweep", "base", "axes", "parts", "repeats"])
    guard let title = fields["sweep"]?.scalar?.string, Self.isName(title) else {
      throw error(
        fields["sweep"] ?? root, "sweep",
        "the sweep needs a name; accepted: sweep: with letters, digits, -, _ and . (at most 100)")
    }
    let base = try assignments(fields["base"])
    switch (fields["axes"], fields["parts"]) {
    case (let axes?, nil):
      return SweepPlan(
        name: title, base: base, parts: [.init(axes: try self.axes(axes, repeats: fields["repeats"]))])
    case (nil, let parts?):
      guard let list = parts.sequence, !list.isEmpty else {
        throw error(parts, "parts", "parts must be a list; accepted: items with name, base and axes")
      }
      var read: [SweepPlan.Part] = []
      for item in list {
        let part = try part(item, repeats: fields["repeats"])
        guard !read.contains(where: { $0.name == part.name }) else {
          throw error(item, "parts", "two parts are named \(part.name); accepted: distinct names")
        }
        read.append(part)
      }
      return SweepPlan(name: title, base: base, parts: read)
    default: throw error(root, "axes", "a sweep has either axes or parts; accepted: one of the two")
    }
  }

  /// - Parameter repeats: the default for a part without its own.
  private func part(_ node: Node, repeats: Node?) throws(SpecError) -> SweepPlan.Part {
    let fields = try fields(node, of: "a part", accepted: ["name", "base", "axes", "repeats"])
    guard let name = fields["name"]?.scalar?.string, Self.isName(name) else {
      throw error(node, "parts", "a part needs a name; accepted: letters, digits, -, _ and . (at most 100)")
    }
    guard let axes = fields["axes"] else { throw error(node, "axes", "part \(name) has no axes; accepted: a list") }
    return SweepPlan.Part(
      name: name, base: try assignments(fields["base"]),
      axes: try self.axes(axes, repeats: fields["repeats"] ?? repeats))
  }

  private func axes(_ node: Node, repeats: Node?) throws(SpecError) -> [SweepAxis] {
    // A mapping is short for a list with an item for each of its keys.
    let items =
      node.sequence.map(Array.init)
      ?? node.mapping?.map { .mapping(Node.Mapping([($0.key, $0.value)], .implicit, .block, $0.key.mark)) }
    guard let items, !items.isEmpty else {
      throw error(node, "axes", "axes must be a list or mapping; accepted: items such as \"- l2: [0, 1e-3]\"")
    }
    var axes: [SweepAxis] = []
    for item in items {
      guard let mapping = item.mapping, !mapping.isEmpty else {
        throw error(item, "axes", "an axis must be a mapping; accepted: a field and its values, such as l2: [0, 1e-3]")
      }
      var together: [SweepAxis] = []
      for (key, value) in mapping {
        guard let field = key.scalar?.string else { throw error(key, "axes", "an axis has no name; accepted: a field") }
        if let named = try conditions(named: field, value) {
          together.append(named)
        } else {
          together.append(try axis(field, value))
        }
      }
      let axis = together.count == 1 ? together[0] : try SweepAxis(zipping: together, origin: origin(item))
      guard !axes.contains(where: { $0.name == axis.name }) else {
        throw error(item, axis.name, "axis \(axis.name) is given twice; accepted: one axis with all its points")
      }
      axes.append(axis)
    }
    guard let repeats else { return axes }
    guard let count = repeats.scalar.flatMap({ Int($0.string) }), 1...1000 ~= count else {
      throw error(repeats, "repeats", "repeats is invalid; accepted: a whole number from 1 to 1000")
    }
    guard !axes.contains(where: { $0.name.split(separator: "+").contains("seed") }) else {
      throw error(repeats, "repeats", "repeats and an axis seed exclude each other; accepted: one of the two")
    }
    return try axes + [SweepAxis(field: "seed", values: (1...count).map(String.init), origin: origin(repeats))]
  }

  /// Named points, each a mapping of fields; `nil` if the node is not a mapping of mappings.
  private func conditions(named name: String, _ node: Node) throws(SpecError) -> SweepAxis? {
    guard let mapping = node.mapping, !mapping.isEmpty, mapping.values.allSatisfy({ $0.mapping != nil }) else {
      return nil
    }
    var points: [SweepPoint] = []
    for (key, value) in mapping {
      guard let label = key.scalar?.string else {
        throw error(key, name, "a point of axis \(name) has no name; accepted: a word")
      }
      points.append(SweepPoint(label: label, assignments: try assignments(value)))
    }
    return try SweepAxis(name: name, points: points, origin: origin(node))
  }

  private func axis(_ field: String, _ node: Node) throws(SpecError) -> SweepAxis {
    var (range, factor) = (try node.sequence.map { list throws(SpecError) in try values(list, of: field) }, 1.0)
    if let mapping = node.mapping {
      for (key, value) in mapping {
        let word = key.scalar?.string ?? ""
        if word == "times", let text = value.scalar?.string, let number = Double(text), number.isFinite {
          factor = number
          continue
        }
        guard range == nil, let list = value.sequence, let found = try self.range(word, list, of: field) else {
          throw error(
            value, field,
            "axis \(field) is invalid; accepted: a list, or one of values: [a, b], linear: [from, to, count], "
              + "log: [from, to, count], powersOfTwo: [from, to], and times: a number; or named points, each a "
              + "mapping of fields")
        }
        range = found
      }
    }
    guard let range else { throw error(node, field, "axis \(field) has no values; accepted: a list, or a range") }
    let texts: [String]
    do { texts = try range.texts(times: factor) } catch {
      throw self.error(node, field, "axis \(field) has \(error.words)")
    }
    return try SweepAxis(field: field, values: texts, in: folder, origin: origin(node))
  }

  private func range(_ word: String, _ list: Node.Sequence, of field: String) throws(SpecError) -> SweepRange? {
    if word == "values" { return try values(list, of: field) }
    let numbers = list.compactMap { $0.scalar.flatMap { Double($0.string) } }.filter(\.isFinite)
    guard numbers.count == list.count else { return nil }
    switch (word, numbers.count) {
    case ("linear", 3): return Int(exactly: numbers[2]).map { .linear(from: numbers[0], to: numbers[1], count: $0) }
    case ("log", 3): return Int(exactly: numbers[2]).map { .log(from: numbers[0], to: numbers[1], count: $0) }
    case ("powersOfTwo", 2):
      guard let from = Int(exactly: numbers[0]), let to = Int(exactly: numbers[1]) else { return nil }
      return .powersOfTwo(from: from, to: to)
    default: return nil
    }
  }

  private func values(_ list: Node.Sequence, of field: String) throws(SpecError) -> SweepRange {
    var texts: [String] = []
    for element in list {
      guard let text = element.scalar?.string else {
        throw error(element, field, "a value of axis \(field) is invalid; accepted: a word or a number")
      }
      texts.append(text)
    }
    return .values(texts)
  }

  private func assignments(_ node: Node?) throws(SpecError) -> [Assignment] {
    guard let node, node.mapping?.isEmpty != true else { return [] }
    return try PlanFile.assignments(in: node, of: file, folder: folder)
  }

  private func fields(_ node: Node, of what: String, accepted: [String]) throws(SpecError) -> [String: Node] {
    guard let mapping = node.mapping else {
      throw error(node, nil, "\(what) must be a mapping; accepted: \(accepted.joined(separator: ", "))")
    }
    var fields: [String: Node] = [:]
    for (key, value) in mapping {
      let name = key.scalar?.string ?? ""
      guard accepted.contains(name) else {
        throw SpecError.unknown("field", name, accepted: accepted, field: name).placed(at: origin(key))
      }
      fields[name] = value
    }
    return fields
  }

  /// Whether it can name a folder.
  private static func isName(_ text: String) -> Bool {
    (1...100).contains(text.utf8.count) && text.first != "."
      && text.utf8.allSatisfy { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  private func error(_ node: Node, _ field: String?, _ sentence: String) -> SpecError {
    SpecError(field: field, sentence + ".", origin: origin(node))
  }

  private func origin(_ node: Node) -> String { "\(file) line \(node.mark?.line ?? 1)" }
}
