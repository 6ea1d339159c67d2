import NeuralNetwork
import Optimization
package import ParameterServer
package import Parameters
package import Records
import Specification

/// The effective rate of every filter in every step of a run, as a file that other runs follow: for each tensor of weights
/// float64 [steps, filters] of η/(a‖w‖^p), where a is 1 − ηλ_d under plain SGD, which makes it the exact effective step,
/// and 1 elsewhere.
package struct RateRecord: Sendable {
  private var rates: [(name: String, filters: Int, values: [Double])] = []

  /// Takes in the rates of the next step.
  package mutating func append(_ step: [(name: String, rates: [Double])]) {
    if rates.map(\.name) != step.map(\.name) { rates = step.map { ($0.name, $0.rates.count, []) } }
    for index in rates.indices { rates[index].values += step[index].rates }
  }

  package init() {}

  /// The rates of the steps before `checkpoint`; none if it keeps none.
  ///
  /// - Throws: `RecordError` with `.content` for rates of other steps than the manifest says.
  package init(reading checkpoint: Checkpoint) throws(RecordError) {
    guard let file = try checkpoint.files[Self.fileName]?.loaded() else { return }
    for entry in file.entries {
      guard entry.extents.count == 2, entry.extents[0] == checkpoint.manifest.ratesSteps, entry.extents[1] > 0 else {
        throw RecordError(
          .content,
          "Checkpoint \(checkpoint.path) contradicts itself: its \(Self.fileName) has \(entry.name) as "
            + "\(entry.extents); \(checkpoint.manifest.ratesSteps) steps of its filters are accepted.")
      }
      rates.append((entry.name, entry.extents[1], file.elements(of: entry)))
    }
  }

  /// In a checkpoint.
  static let fileName = "rates.safetensors"

  /// - Parameter exponent: p of the rule.
  package func write(to path: String, exponent: Int) throws {
    try withTensors { try SafeTensors.write($0, metadata: ["format": "pt", "exponent": "\(exponent)"], to: path) }
  }

  /// Lends the tensors.
  func withTensors(_ body: ([NamedTensor]) throws -> Void) throws {
    try unsafe rates.flatMap(\.values).withUnsafeBytes { bytes in
      var rest = unsafe bytes[...]
      let tensors = rates.map { tensor in
        let size = tensor.values.count * MemoryLayout<Double>.stride
        defer { unsafe rest = rest.dropFirst(size) }
        return unsafe NamedTensor(
          tensor.name, .float64, [tensor.values.count / tensor.filters, tensor.filters],
          bytes: UnsafeRawBufferPointer(rebasing: rest.prefix(size)))
      }
      try body(tensors)
    }
  }
}

extension RunDefinition {
  /// What the run follows, by parameter; empty if it follows none.
  ///
  /// - Throws: `SpecError` if the folder that the spec names has no rates for this network and so many steps.
  package func followedRates() throws -> [Parameter: FollowedRates] {
    guard let folder = spec.follow else { return [:] }
    func refuse(_ problem: String) -> SpecError {
      SpecError(
        field: "follow",
        "follow is \"\(folder)\", which \(problem); accepted: the folder of a run of the same network with "
          + "execution.recordRates true and at least \(steps) steps.")
    }
    let path = RunFolder.rates(in: folder)
    guard let file = try? SafeTensorsFile(path) else { throw refuse("has no readable rates.safetensors") }
    var followed: [Parameter: FollowedRates] = [:]
    for parameter in architecture.layout.parameters where parameter.invariance == .filter {
      guard let entry = file.entry(named: parameter.name), entry.extents.count == 2,
        entry.extents[1] == parameter.filterCount, entry.extents[0] >= steps,
        let rule = update(of: parameter)?.0.rule
      else { throw refuse("has no rates for \(parameter.filterCount) filters of \(parameter.name) in \(steps) steps") }
      guard rule.scope == .filter else {
        throw refuse("cannot be followed by rule \(type(of: rule).name), which takes one rate for a whole layer")
      }
      guard file.metadata["exponent"] == "\(rule.homogeneity.exponent)" else {
        throw refuse(
          "has rates η/‖w‖^\(file.metadata["exponent"] ?? "?"), and those of rule \(type(of: rule).name) are "
            + "η/‖w‖^\(rule.homogeneity.exponent)")
      }
      followed[parameter] = FollowedRates(
        rates: file.elements(of: entry), filters: parameter.filterCount, exponent: rule.homogeneity.exponent)
    }
    return followed
  }
}
