package import Specification

/// Where the fields of a run are given, one source over the other.
package struct PlanLayer: Hashable, Sendable {
  package enum Source: String, Hashable, Sendable, Encodable {
    /// Given by nobody: the field's own default, or what follows from other fields.
    case `default`, derived
    case plan, environment, flag
  }

  package let source: Source
  package let assignments: [Assignment]
  /// Where it is, for assignments that don't say.
  private let place: @Sendable (Assignment) -> String

  package init(
    _ source: Source, _ assignments: [Assignment], at place: @escaping @Sendable (Assignment) -> String = { $0.path }
  ) {
    (self.source, self.assignments, self.place) = (source, assignments, place)
  }

  /// The same, but for one field.
  package func without(_ path: String) -> PlanLayer {
    PlanLayer(source, assignments.filter { $0.path != path }, at: place)
  }

  func place(of assignment: Assignment) -> String { assignment.origin ?? place(assignment) }

  package static func == (a: Self, b: Self) -> Bool { a.source == b.source && a.assignments == b.assignments }
  package func hash(into hasher: inout Hasher) { hasher.combine(assignments) }
}

/// A run's spec with nothing left open, and where each value comes from.
package struct ResolvedPlan: Sendable {
  package struct Field: Sendable, Encodable {
    package let field: String
    package let value: PlanValue
    package let source: PlanLayer.Source
    /// Such as `plan.yaml line 3`, `TARE_L2` or `--l2`; `nil` for what nobody gives.
    package let place: String?
  }

  /// Those that have a value, in the order of the field table.
  package let fields: [Field]

  /// - Throws: `SpecError` as `RunSpec(layers:)`.
  package init(_ layers: [PlanLayer]) throws(SpecError) {
    let spec = try RunSpec(layers: layers.map(\.assignments))
    let (resolved, defaults) = (spec.resolved, RunSpec())
    var given: [String: (source: PlanLayer.Source, place: String)] = [:]
    for layer in layers {
      for assignment in layer.assignments {
        let field = try SpecField.named(assignment.path, taking: assignment.value)
        given[field.path] = assignment.value == .null ? nil : (layer.source, layer.place(of: assignment))
      }
    }
    fields = SpecField.all.compactMap { field in
      let value = field.read(resolved)
      guard value != .null else { return nil }
      if let origin = given[field.path] {
        return Field(field: field.path, value: value, source: origin.source, place: origin.place)
      }
      let isDefault = value == field.read(defaults)
      return Field(field: field.path, value: value, source: isDefault ? .default : .derived, place: nil)
    }
  }

  private init(_ fields: [Field]) { self.fields = fields }

  /// What plan, environment and flags give.
  package var changed: ResolvedPlan { ResolvedPlan(fields.filter { $0.place != nil }) }

  /// A plan of the same spec, each value with a comment that says where it comes from.
  package var yaml: String {
    var lines: [(text: String, comment: String)] = []
    var groups: [Substring] = []
    for field in fields {
      let parts = field.field.split(separator: ".")
      let parents = Array(parts.dropLast())
      let shared = zip(groups, parents).prefix { $0 == $1 }.count
      for depth in shared..<parents.count { lines.append((Self.indent(depth) + parents[depth] + ":", "")) }
      groups = parents
      lines.append(
        (
          "\(Self.indent(parents.count))\(parts[parts.count - 1]): \(field.value.yaml)",
          field.place ?? field.source.rawValue
        ))
    }
    let width = lines.filter { !$0.comment.isEmpty }.map(\.text.count).filter { $0 <= 48 }.max() ?? 0
    return lines.map { line in
      guard !line.comment.isEmpty else { return line.text }
      return line.text + String(repeating: " ", count: max(0, width - line.text.count)) + "  # " + line.comment
    }.joined(separator: "\n")
  }

  private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}

extension PlanValue {
  /// As it stands in a plan; text is quoted where YAML would read something else.
  fileprivate var yaml: String {
    guard case .text(let text) = self else { return json }
    let isPlain =
      text.first?.isLetter == true && text != "null"
      && text.utf8.allSatisfy {
        $0 < 0x80
          && ($0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || Character(UnicodeScalar($0)).isLetter
            || Character(UnicodeScalar($0)).isNumber)
      }
    return isPlain ? text : json
  }
}

extension PlanValue: Encodable {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    }
  }
}
