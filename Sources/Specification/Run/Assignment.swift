import Failures

/// One field given a value, and where that was written.
package struct Assignment: Hashable, Sendable {
  package let path: String
  package let value: PlanValue
  /// For messages: `plan.yaml line 3`.
  package let origin: String?

  package init(path: String, value: PlanValue, origin: String? = nil) {
    self.path = path
    self.value = value
    self.origin = origin
  }

  /// Reads `path=value`; `null` puts an automatic default back.
  package init(setting text: String) throws(SpecError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw SpecError(field: nil, "setting \"\(text)\" is not understood; accepted: path=value, such as l2=5e-4.")
    }
    self = Assignment(path: String(parts[0]), value: Self.value(parts[1])).located()
  }

  /// The same with its paths, if it has any, as `UserPath` reads them.
  ///
  /// - Parameter folder: of the plan that it stands in; `nil` outside a plan.
  package func located(in folder: String? = nil) -> Assignment {
    guard value != .null, let field = SpecField.known(path), let base = field.pathBase else { return self }
    func place(_ text: String) -> String { UserPath(text, in: base == .plan ? folder : nil).text }
    guard field.isList else {
      guard case .text(let text) = value else { return self }
      return Assignment(path: path, value: .text(place(text)), origin: origin)
    }
    return Assignment(path: path, value: .list(([String](value) ?? []).map(place)), origin: origin)
  }

  /// Reads several, in the order given.
  package static func settings(_ texts: [String]) throws(SpecError) -> [Assignment] {
    try texts.map { text throws(SpecError) in try Assignment(setting: text) }
  }

  /// `null`, a list in brackets, or text that the field itself understands.
  private static func value(_ text: Substring) -> PlanValue {
    if text == "null" { return .null }
    guard text.hasPrefix("["), text.hasSuffix("]") else { return .text(String(text)) }
    let members = text.dropFirst().dropLast().split(separator: ",")
    return .list(members.map { String($0.drop { $0 == " " }) })
  }
}

extension Sequence<Assignment> {
  /// Refuses fields that would have no effect.
  ///
  /// - Parameters:
  ///   - fields: their paths.
  ///   - reason: why, and what is accepted: the rest of a sentence.
  package func refuse(
    _ fields: String..., because reason: String, suggesting suggestion: SpecError.Suggestion? = nil
  ) throws(SpecError) {
    guard let given = first(where: { fields.contains($0.path) && $0.value != .null }) else { return }
    throw SpecError(
      field: given.path, "\(given.path) is \"\(given.value.text)\", but \(reason)", origin: given.origin,
      suggestion: suggestion)
  }
}

extension RunSpec {
  /// The spec that remains when the layers (plan, flags, settings) are laid over the defaults in turn, checked.
  package init(layers: [[Assignment]]) throws(SpecError) {
    self.init()
    for layer in layers { try apply(layer) }
    try validate()
  }

  /// Sets what one layer gives. `steps` and `epochs` are two ways to say one thing, and so are a network's name and its
  /// list of layers: the later layer's replaces the earlier's, and no layer may give both.
  package mutating func apply(_ layer: [Assignment]) throws(SpecError) {
    var given: Set<String> = []
    for assignment in layer {
      do throws(SpecError) {
        let field = try SpecField.named(assignment.path, taking: assignment.value)
        try field.assign(assignment.value, to: &self)
        if assignment.value != .null { given.insert(field.path) }
      } catch {
        throw error.placed(at: assignment.origin)
      }
    }
    guard !given.isSuperset(of: ["steps", "epochs"]) else { throw lengthGivenTwice }
    guard !given.isSuperset(of: ["network.preset", "network.layers"]) || network.preset == .custom else {
      throw SpecError(
        field: "network.layers",
        "network.layers is given, and network is \"\(network.preset.rawValue)\"; accepted: one of the two.")
    }
    if given.contains("steps") { epochs = nil }
    if given.contains("epochs") { steps = nil }
    // As with these, the later layer says which network it is.
    if given.contains("network.preset"), network.preset != .custom { network.layers = nil }
    if given.contains("network.layers") { network.preset = .custom }
  }

  var lengthGivenTwice: SpecError {
    SpecError(
      field: "steps",
      "steps is \(steps.planValue.text) and epochs is \(epochs.planValue.text); accepted: one of the two.")
  }
}
