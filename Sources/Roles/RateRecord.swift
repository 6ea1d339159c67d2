import Coordination
import EffectiveLearningRate
import ParameterServer
import Parameters
import Records

/// The effective rate of every filter in every step of a run, as a file that other runs follow: for each tensor of weights
/// float64 [steps, filters] of η/(a‖w‖^p), where a is 1 − ηλ_d under plain SGD, which makes it the exact effective step,
/// and 1 elsewhere.
struct RateRecord {
  private var rates: [(name: String, filters: Int, values: [Double])] = []

  /// Takes in the rates of the next step.
  mutating func append(_ step: [(name: String, rates: [Double])]) {
    if rates.isEmpty { rates = step.map { ($0.name, $0.rates.count, []) } }
    for index in rates.indices { rates[index].values += step[index].rates }
  }

  func write(to path: String) throws {
    let tensors = rates.map { tensor in
      let bytes = unsafe tensor.values.withUnsafeBytes { unsafe Array($0) }
      return (tensor, bytes)
    }
    // The bytes stay where they are while the file is written.
    try Self.lend(tensors.map(\.1)[...]) { lent in
      let named = zip(tensors, lent).map { entry, bytes in
        unsafe NamedTensor(
          entry.0.name, .float64, [entry.0.values.count / entry.0.filters, entry.0.filters], bytes: bytes)
      }
      try SafeTensors.write(named, metadata: ["format": "pt"], to: path)
    }
  }

  private static func lend(
    _ arrays: ArraySlice<[UInt8]>, _ lent: [UnsafeRawBufferPointer] = [],
    _ body: ([UnsafeRawBufferPointer]) throws -> Void
  ) throws {
    guard let first = arrays.first else { return try unsafe body(lent) }
    try unsafe first.withUnsafeBytes { try unsafe lend(arrays.dropFirst(), lent + [$0], body) }
  }
}

extension RunDefinition {
  /// What the run follows, by parameter; empty if it follows none.
  ///
  /// - Throws: `SpecError` if the folder that the spec names has no rates for this network and so many steps.
  func followedRates() throws -> [Parameter: FollowedRates] {
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
        let rule = try update(of: parameter)?.0.rule
      else { throw refuse("has no rates for \(parameter.filterCount) filters of \(parameter.name) in \(steps) steps") }
      guard rule.scope == .filter else {
        throw refuse("cannot be followed by rule \(type(of: rule).name), which takes one rate for a whole layer")
      }
      followed[parameter] = FollowedRates(
        rates: file.elements(of: entry), filters: parameter.filterCount, exponent: rule.homogeneity.exponent)
    }
    return followed
  }
}
