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
  case unsupportedScalar(backend: String, scalar: ElementType, accepted: String)
  /// The compute library failed.
  case library(OneDNNError)

  package var exitCode: Int32 { ExitCode.usage }

  package var description: String {
    switch self {
    case .unknownPreset(let name):
      "network: there is no preset \"\(name)\"; accepted are \(Architecture.presets.joined(separator: ", "))"
    case .invalid(let field, let value, let accepted): "\(field): \(value) is not accepted; it must be \(accepted)"
    case .layer(let index, let kind, let problem): "layers[\(index)] (\(kind)): \(problem)"
    case .unsupportedScalar(let backend, let scalar, let accepted):
      "backend \(backend): computes no \(scalar.rawValue); accepted is \(accepted)"
    case .library(let error): error.description
    }
  }
}
