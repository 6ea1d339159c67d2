import Datasets
import Messages
import OneDNN
import Parameters
package import Records
package import RunDefinition
import Specification

extension RunRecord {
  /// The record of a run before it begins.
  package init(_ definition: RunDefinition, tare version: String, commandLine: [String]) throws {
    self.init(
      spec: try JSONValue(encoding: definition.spec), commandLine: commandLine,
      versions: [
        "tare": version, "protocol": "\(Envelope.protocolVersion)", "oneDNN": Library.version,
        "oneDNN instruction set": Library.instructionSet,
      ],
      host: HostFacts(isa: InstructionSet.current.rawValue))
    trainingImages = definition.images.trainCount
  }
}
