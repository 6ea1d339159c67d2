import Coordination
import Datasets
import Launching
import Messages
import NeuralNetwork
import Optimization
import Records
import Transport
import ZeroMQ

/// Why a role or a run ended: one sentence, and what the process ends with.
package struct RunError: Error, Hashable, Sendable, CustomStringConvertible {
  package let exitCode: Int32
  package let description: String

  package init(_ exitCode: Int32, _ description: String) {
    self.exitCode = exitCode
    self.description = description
  }

  /// An error of the parts below, with the exit code that belongs to its kind; `nil` for errors of other origin.
  package init?(known error: any Error) {
    switch error {
    case let error as RunError: self = error
    case let error as SpecError: self.init(error.exitCode, error.description)
    case let error as DatasetError: self.init(error.exitCode, error.description)
    case let error as RecordError: self.init(error.exitCode, error.description)
    case let error as NetworkError: self.init(ExitCode.usage, error.description)
    case let error as RuleError: self.init(ExitCode.usage, error.description)
    case let error as EndpointError: self.init(ExitCode.usage, error.description)
    case let error as MessageError: self.init(ExitCode.software, error.description)
    case let error as ZeroMQError: self.init(ExitCode.unavailable, error.description)
    case let error as TransportError: self.init(ExitCode.software, error.description)
    case let error as LaunchError: self.init(ExitCode.software, error.description)
    case let error as ScratchError: self.init(ExitCode.ioError, error.description)
    default: return nil
    }
  }

  package init(_ error: any Error) {
    self = RunError(known: error) ?? RunError(ExitCode.software, "\(error)")
  }
}
