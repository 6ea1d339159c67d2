import Failures
package import OneDNN
package import Parameters

/// Why a network cannot be described, built or run; each is one sentence that names the field and what is accepted.
package enum NetworkError: ExitCoded, Hashable {
  case unknownPreset(String)
  /// - Parameters: the field, its value, and what is accepted.
  case invalid(field: String, value: String, accepted: String)
  /// A layer that does not fit in its position.
  case layer(index: Int, kind: String, problem: String)
  /// A constant of a normalization that does not fit there.
  case constant(Constant, index: Int, value: String, accepted: String)
  /// The same in the list of a plan; the first layer is number 1.
  case line(number: Int, text: String, problem: String)
  case unsupportedScalar(backend: String, scalar: ElementType, accepted: String)
  /// The compute library failed.
  case library(OneDNNError)

  package enum Constant: String, Hashable, Sendable {
    case groups, epsilon

    /// The field that sets it for all layers.
    package var field: String { self == .groups ? "normalizationGroups" : "normalizationEpsilon" }
  }

  package var exitCode: Int32 { ExitCode.usage }

  package var description: String {
    switch self {
    case .unknownPreset(let name):
      "network: there is no preset \"\(name)\"; accepted are \(Architecture.presets.joined(separator: ", "))"
    case .invalid(let field, let value, let accepted): "\(field): \(value) is not accepted; it must be \(accepted)"
    case .layer(let index, let kind, let problem): "layers[\(index)] (\(kind)): \(problem)"
    case .constant(let constant, _, let value, let accepted):
      "\(constant.field): \(value) is not accepted; it must be \(accepted)"
    case .line(let number, let text, let problem): "network.layers, layer \(number) \"\(text)\": \(problem)"
    case .unsupportedScalar(let backend, let scalar, let accepted):
      "backend \(backend): computes no \(scalar.rawValue); accepted is \(accepted)"
    case .library(let error): error.description
    }
  }
}
