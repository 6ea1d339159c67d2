package import Datasets
package import RunDefinition
import Specification

extension RunDefinition {
  /// The run that `path=value` settings make of the defaults, on the embedded images.
  package init(_ settings: [String], images: DatasetRequest = DatasetRequest(name: "glyphs")) throws {
    let layer = try settings.map { try Assignment(setting: $0) }
    try self.init(spec: RunSpec(layers: [layer]).resolved, images: DatasetSummary(images))
  }
}
