package import Coordination
package import Datasets
import Failures
import NeuralNetwork
import OpenSSL
import Parameters
import Records
package import Specification

/// What the bits of a run depend on. Each checkpoint's manifest holds it, and a resume compares it with what it finds
/// (docs/protocol.md, rule 31).
package struct RunIdentity: Hashable, Sendable, Codable {
  /// Resolved.
  package var spec: RunSpec
  /// SHA-256 over names and shapes of all tensors.
  package var layout: String
  /// `nil` for images that are drawn.
  package var data: DataIdentity?
  /// SHA-256 of the file of rates that the run follows; `nil` if it follows none.
  package var followedRates: String?
  /// SHA-256 of the file of weights that the run begins with; `nil` if they are drawn.
  package var initialWeights: String?
  package var arithmetic: Arithmetic?

  /// How the workers compute.
  package struct Arithmetic: Hashable, Sendable, Codable {
    /// Hash of the gradient of one microbatch of fixed numbers.
    package var probe: String
    /// Who computes it, and with which instructions.
    package var library: String

    package init(_ fingerprint: Fingerprint) { (probe, library) = (fingerprint.probe, fingerprint.library) }
  }

  package init(_ definition: RunDefinition) throws {
    spec = definition.spec
    layout = definition.layoutSHA256
    data = definition.data
    initialWeights = try definition.spec.initialWeights.map {
      try FileHash(of: $0, first: FileHash.length(of: $0)).sha256
    }
    followedRates = try definition.spec.follow.map { folder in
      let path = RunFolder.rates(in: folder)
      return try FileHash(of: path, first: FileHash.length(of: path)).sha256
    }
  }
}

extension RunDefinition {
  /// Over the lines "name extents" of all tensors in their order.
  fileprivate var layoutSHA256: String {
    SHA256.hash(architecture.layout.parameters.map { "\($0.name) \($0.shape.extents)\n" }.joined().utf8).hexadecimal
  }
}

/// What a resume may change although the weights depend on it.
package struct Allowances: OptionSet, Hashable, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let otherData = Allowances(rawValue: 1)
  package static let otherArithmetic = Allowances(rawValue: 2)
}

/// The first thing by which a resumed run would not be the run that was recorded.
package struct IdentityError: ExitCoded, Hashable, Sendable {
  package let description: String
  /// What would permit it.
  package let allowance: Allowances

  package init(_ description: String, allowance: Allowances = []) {
    self.description = description
    self.allowance = allowance
  }

  package var exitCode: Int32 { ExitCode.badData }
}

extension RunIdentity {
  /// What differs from what a checkpoint was written with, the most basic first.
  ///
  /// - Parameter path: of the checkpoint, for messages.
  package func differences(from recorded: RunIdentity, at path: String) -> [IdentityError] {
    var differences: [IdentityError] = []
    if let field = spec.firstDifference(from: recorded.spec) {
      differences.append(
        IdentityError(
          "\(field.path) is \(field.read(spec).text), but \(path) was written with \(field.read(recorded.spec).text); "
            + "accepted: run.json as the run left it."))
    }
    if layout != recorded.layout {
      differences.append(
        IdentityError(
          "The network's tensors are not those of \(path) (SHA-256 of the layout \(layout.prefix(12)), "
            + "there \(recorded.layout.prefix(12))); accepted: the version of tare that wrote it."))
    }
    if let recorded = recorded.data, let difference = data?.difference(from: recorded) {
      differences.append(
        IdentityError(
          "dataset.path \(spec.dataset.path ?? "") has \(difference); accepted: the same images, or --allow-other-data.",
          allowance: .otherData))
    }
    if let recorded = recorded.followedRates, let followedRates, followedRates != recorded {
      differences.append(
        IdentityError(
          "follow \(spec.follow ?? "") has other rates (SHA-256 \(followedRates.prefix(12)), where the run followed "
            + "\(recorded.prefix(12))); accepted: the same rates, or --allow-other-data.", allowance: .otherData))
    }
    if let recorded = recorded.initialWeights, let initialWeights, initialWeights != recorded {
      differences.append(
        IdentityError(
          "initialWeights \(spec.initialWeights ?? "") has changed (SHA-256 \(initialWeights.prefix(12)), where the run began with "
            + "\(recorded.prefix(12))); accepted: the same file, or --allow-other-data.", allowance: .otherData))
    }
    if let recorded = recorded.arithmetic, let arithmetic, arithmetic != recorded {
      differences.append(
        IdentityError(
          "The workers compute with \(arithmetic.library) (fingerprint \(arithmetic.probe)), but \(path) was written "
            + "with \(recorded.library) (fingerprint \(recorded.probe)); accepted: the same kind of processor and "
            + "library, or --allow-other-arithmetic.", allowance: .otherArithmetic))
    }
    return differences
  }
}

extension RunSpec {
  /// The first field that the bits depend on, the run's length aside, and that differs.
  fileprivate func firstDifference(from recorded: RunSpec) -> SpecField? {
    let (mine, theirs) = (resolved, recorded.resolved)
    return SpecField.all.first { field in
      field.determinesBits && !["steps", "epochs"].contains(field.path) && field.read(mine) != field.read(theirs)
    }
  }
}
