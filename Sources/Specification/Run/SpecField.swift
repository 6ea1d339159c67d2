import Failures
import Optimization

/// One row of the field table: everything there is to know about one field of a run spec.
///
/// Plans, settings, flags, JSON, help and checks all read this table, so that a field cannot be known to one of them and
/// unknown to another.
package struct SpecField: Sendable {
  /// Where it lies, with dots: `optimizer.learningRate`.
  package let path: String
  /// Paths that earlier versions gave it; plans and records may still use them.
  package internal(set) var formerPaths: [String] = []
  /// Long names of its flag without the dashes, the usual one first; empty when it has none.
  package internal(set) var flags: [String]
  /// Where a relative path in it starts; `nil` if it names no folder or file.
  package internal(set) var pathBase: PathBase?
  /// One line: what it is, with unit.
  package let help: String
  /// What it may be, as words.
  package let accepted: String
  /// What stands for a value in the usage of its flag.
  package let placeholder: String
  /// Whether the weights of a run depend on it.
  package let determinesBits: Bool

  /// The names that it takes, if it takes one of a few.
  package let choices: [String]
  /// Whether its value is a number.
  package let isNumeric: Bool
  /// Whether it is a list.
  let isList: Bool
  /// Whether it would accept a real number; `nil` if it takes no real number.
  package let acceptsReal: (@Sendable (Double) -> Bool)?

  private let set: @Sendable (inout RunSpec, PlanValue) throws(SpecError) -> Void
  private let get: @Sendable (RunSpec) -> PlanValue
  private let decode: @Sendable (inout RunSpec, SpecContainer, _ key: SpecKey) throws -> Void
  private let encode: @Sendable (RunSpec, inout KeyedEncodingContainer<SpecKey>, _ key: SpecKey) throws -> Void
  /// Whether a record without the field is no record of a run; later fields have their defaults there.
  let isRequired: Bool

  /// - Parameters:
  ///   - isRequired: whether every record has it.
  ///   - accepted: what the value may be; said of the type when it is left out.
  ///   - accepts: whether a value of the right type is accepted.
  init<Value: FieldValue>(
    _ path: String, _ location: any WritableKeyPath<RunSpec, Value> & Sendable, flags: String..., help: String,
    determinesBits: Bool = true, isRequired: Bool = true, accepted: String? = nil,
    accepts: @escaping @Sendable (Value) -> Bool = { _ in true }
  ) {
    let words = accepted ?? (Value.choices.isEmpty ? Value.kind : Value.choices.joined(separator: ", "))
    self.path = path
    self.flags = flags
    self.help = help
    self.accepted = words
    placeholder = Value.placeholder
    choices = Value.choices
    isList = Value.isList
    isNumeric = Value.isNumeric
    let acceptsNumber: @Sendable (Double) -> Bool = { number in
      guard let value = Value(PlanValue.number(number)) else { return false }
      return accepts(value)
    }
    acceptsReal = Value.isReal ? acceptsNumber : nil
    self.determinesBits = determinesBits
    self.isRequired = isRequired && !Value.isOptional
    get = { $0[keyPath: location].planValue }
    decode = { spec, container, key in spec[keyPath: location] = try container.decode(Value.self, forKey: key) }
    encode = { spec, container, key in try container.encode(spec[keyPath: location], forKey: key) }
    set = { (spec, given) throws(SpecError) in
      if case .list = given, !Value.isList {
        throw SpecError(field: path, "\(path) is the list \"\(given.text)\"; accepted: \(words).")
      }
      guard let value = Value(given) else {
        guard Value.choices.isEmpty || given.text.isEmpty else {
          throw .unknown(path, given.text, accepted: Value.choices, field: path)
        }
        throw SpecError(field: path, "\(path) \"\(given.text)\" is not \(Value.kind); accepted: \(words).")
      }
      guard accepts(value) else { throw SpecError(field: path, "\(path) is \(given.text); accepted: \(words).") }
      spec[keyPath: location] = value
    }
  }

  /// Sets the field from what somebody wrote.
  ///
  /// - Throws: when the value is malformed, unknown, or out of range.
  package func assign(_ value: PlanValue, to spec: inout RunSpec) throws(SpecError) { try set(&spec, value) }

  package func read(_ spec: RunSpec) -> PlanValue { get(spec) }

  /// Throws when the value that `spec` holds would not be accepted.
  func check(_ spec: RunSpec) throws(SpecError) {
    var copy = spec
    try set(&copy, get(spec))
  }

  /// The value of a run that does not ask for one, as help shows it.
  package var defaultText: String {
    if let words = Self.inherited[path] { return words }
    let value = read(RunSpec())
    guard value == .null else { return value == .list([]) ? "none" : value.text }
    let automatic = read(RunSpec().resolved)
    let source = Self.byOptimizer.contains(path) ? "by optimizer" : path == "l2" ? "by optimizer, network, data" : nil
    return automatic == .null ? source ?? "none" : automatic.text + (source.map { " (\($0))" } ?? "")
  }

  private static let byOptimizer = Set(
    ["optimizer.learningRate", "weightDecay"] + RuleConstant.allCases.map { "optimizer.\($0.name)" })

  /// Defaults that other fields give.
  private static let inherited: [String: String] = [
    "groups.weights.learningRate": "η", "groups.gammaBeta.learningRate": "η", "groups.head.learningRate": "η",
    "groups.weights.epsilon": "optimizer.epsilon", "groups.gammaBeta.epsilon": "optimizer.epsilon",
    "groups.head.epsilon": "optimizer.epsilon", "groups.weights.l2": "l2", "groups.weights.weightDecay": "weightDecay",
    "schedule.factor": ScheduleSpec.defaultFactor.description,
    "schedule.final": ScheduleSpec.defaultFinal.description,
    "execution.output": "runs/<time>-<id>",
  ]
}

extension SpecField {
  /// The field at `path`; a group's path alone means the name in it (`optimizer` is `optimizer.name`).
  ///
  /// - Throws: when there is none, with the nearest.
  package static func named(_ path: String, taking value: PlanValue? = nil) throws(SpecError) -> SpecField {
    if let field = known(path, taking: value) { return field }
    let nearest = nearest(to: path).map { "; did you mean \"\($0)\"?" } ?? "."
    throw SpecError(field: path, "field \"\(path)\" is unknown\(nearest)", suggestion: .listFields)
  }

  /// The same, or `nil`, without the search for what was meant.
  package static func known(_ path: String, taking value: PlanValue? = nil) -> SpecField? {
    // A group's list, where it has one: `network: [flatten, dense classes]`.
    if case .list = value, let field = byPath[path + ".layers"] { return field }
    for candidate in [path, path + ".name", path + ".preset"] where candidate != "execution.name" || path == candidate {
      if let field = byPath[candidate] { return field }
    }
    return nil
  }

  /// The path that was probably meant: one with the same last part or flag, in the same group if one is given; one that
  /// is spelled nearly so, a group of fields, or one whose last part is spelled nearly so.
  package static func nearest(to path: String) -> String? {
    let last = path.split(separator: ".").last.map(String.init) ?? path
    let group = path.dropLast(last.count)
    let named = all.filter { $0.lastPart == last || $0.flags.contains(last) }
    if let field = named.first(where: { field in
      group.isEmpty || ([field.path] + field.formerPaths).contains { $0.hasPrefix(group) }
    }) {
      return field.path
    }
    let lastParts = all.map(\.lastPart)
    // Without a group, whichever is spelled most nearly so.
    let near =
      NearestName.of(path, in: byPath.keys.sorted() + groups + (group.isEmpty ? lastParts : []))
      ?? NearestName.of(last, in: lastParts)
    guard let near else { return nil }
    if let field = byPath[near] { return field.path }
    return groups.contains(near) ? near : all.first { $0.lastPart == near }?.path
  }

  /// The first parts of dotted paths.
  private static let groups = Set(
    all.compactMap { field in
      field.path.contains(".") ? field.path.split(separator: ".").first.map(String.init) : nil
    }
  ).sorted()

  private var lastPart: String { path.split(separator: ".").last.map(String.init) ?? path }

  private static let byPath = Dictionary(
    uniqueKeysWithValues: all.flatMap { field in ([field.path] + field.formerPaths).map { ($0, field) } })
}

extension SpecField {
  /// Where a relative path starts: at the plan's folder, or the working folder outside a plan; in `dataset.path`.
  package enum PathBase: Hashable, Sendable {
    case plan, dataset
  }

  /// Reads the field from the record of a run, under its name or a former one.
  func decode(from record: SpecContainer, to spec: inout RunSpec) throws {
    for path in [path] + formerPaths {
      guard let (container, key) = try record.place(of: path) else { continue }
      return try decode(&spec, container, key)
    }
    guard isRequired else { return }
    throw DecodingError.keyNotFound(
      SpecKey(path), .init(codingPath: record.codingPath, debugDescription: "the record has no \(path)"))
  }

  func encode(_ spec: RunSpec, to record: inout KeyedEncodingContainer<SpecKey>) throws {
    var keys = path.split(separator: ".").map { SpecKey(String($0)) }
    guard let last = keys.popLast(), read(spec) != .null else { return }
    var container = record
    for key in keys { container = container.nestedContainer(keyedBy: SpecKey.self, forKey: key) }
    try encode(spec, &container, last)
  }
}
