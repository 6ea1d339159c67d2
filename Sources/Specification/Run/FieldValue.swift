import Parameters

/// A type that a field of the spec can have.
protocol FieldValue: Hashable, Sendable, Codable {
  /// What a value is, for messages: "a number".
  static var kind: String { get }
  /// What stands for a value in the usage of a flag: `--steps <n>`.
  static var placeholder: String { get }
  static var isList: Bool { get }
  /// Whether the field may be left to an automatic default.
  static var isOptional: Bool { get }
  /// Whether it is a number, and whether that has a fraction.
  static var isNumeric: Bool { get }
  static var isReal: Bool { get }
  /// The names it may take, for fields that take one of a few.
  static var choices: [String] { get }

  /// `nil` when `value` is nothing of this kind.
  init?(_ value: PlanValue)
  var planValue: PlanValue { get }
}

extension FieldValue {
  static var choices: [String] { [] }
  static var placeholder: String { "name" }
  static var isList: Bool { false }
  static var isOptional: Bool { false }
  static var isNumeric: Bool { false }
  static var isReal: Bool { false }
}

extension Double: FieldValue {
  static var kind: String { "a number" }
  static var placeholder: String { "x" }
  static var isNumeric: Bool { true }
  static var isReal: Bool { true }
  init?(_ value: PlanValue) { self.init(value.text) }
  var planValue: PlanValue { .number(self) }
}

extension Int: FieldValue {
  static var kind: String { "a whole number" }
  static var placeholder: String { "n" }
  static var isNumeric: Bool { true }
  init?(_ value: PlanValue) { self.init(value.text) }
  var planValue: PlanValue { .integer(self) }
}

extension Bool: FieldValue {
  static var kind: String { "true or false" }
  static var choices: [String] { ["true", "false"] }
  init?(_ value: PlanValue) { self.init(value.text) }
  var planValue: PlanValue { .boolean(self) }
}

extension String: FieldValue {
  static var kind: String { "text" }
  static var placeholder: String { "text" }
  init?(_ value: PlanValue) {
    guard value != .null else { return nil }
    self = value.text
  }
  var planValue: PlanValue { .text(self) }
}

/// A list, or text with commas between the elements.
extension [String]: FieldValue {
  static var kind: String { "a list" }
  static var placeholder: String { "word" }
  static var isList: Bool { true }
  init?(_ value: PlanValue) {
    switch value {
    case .null: self = []
    case .list(let elements): self = elements
    default: self = value.text.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
    }
  }
  var planValue: PlanValue { .list(self) }
}

extension Optional: FieldValue where Wrapped: FieldValue {
  static var isOptional: Bool { true }
  static var isList: Bool { Wrapped.isList }
  static var isNumeric: Bool { Wrapped.isNumeric }
  static var isReal: Bool { Wrapped.isReal }
  static var kind: String { Wrapped.kind }
  static var placeholder: String { Wrapped.placeholder }
  static var choices: [String] { Wrapped.choices }
  init?(_ value: PlanValue) {
    if case .null = value {
      self = .none
    } else if let wrapped = Wrapped(value) {
      self = .some(wrapped)
    } else {
      return nil
    }
  }
  var planValue: PlanValue { self?.planValue ?? .null }
}

extension FieldValue where Self: SpecChoice {
  static var kind: String { "one of \(choices.joined(separator: ", "))" }
  static var choices: [String] { allCases.map(\.rawValue) }
  init?(_ value: PlanValue) { self.init(rawValue: value.text) }
  var planValue: PlanValue { .text(rawValue) }
}

extension Normalization: SpecChoice, FieldValue {}
extension RunSpec.Projection: FieldValue {}
extension RunSpec.Precision: FieldValue {}
extension WireFormat: SpecChoice, FieldValue {}
extension RunSpec.Backend: FieldValue {}
extension RunSpec.InstructionSet: FieldValue {}
extension DatasetSpec.Name: FieldValue {}
extension DatasetSpec.Augmentation: FieldValue {}
extension NetworkSpec.Preset: FieldValue {}
extension OptimizerSpec.Name: FieldValue {}
extension ScheduleSpec.Name: FieldValue {}
extension ExecutionSpec.Launcher: FieldValue {}
extension ExecutionSpec.Transport: FieldValue {}
extension ExecutionSpec.Progress: FieldValue {}
extension ExecutionSpec.LogFormat: FieldValue {}
