package import Datasets
import Parameters
package import Records
import RunDefinition
package import Specification

/// Inputs that the runs of one process share: images and initial weights.
package struct RunInputs: Sendable {
  package let datasets = DatasetCache()
  let initialWeights = InitialWeightsCache()

  package init() {}

  /// Compares the data that `spec` names with the data that an earlier run was trained on.
  ///
  /// - Parameters:
  ///   - folder: of the earlier run.
  ///   - allowance: what would permit other data, for the message.
  /// - Throws: `IdentityError` for other data; `DatasetError` for data that cannot be read.
  package func checkData(
    of spec: RunSpec, against record: RunRecord, in folder: String, allowance: String
  ) throws {
    guard !spec.dataset.name.isEmbedded else { return }
    let request = DatasetRequest(spec.dataset)
    let files = try datasets.verify(request)
    let difference: String?
    if let recorded = try? record.data?.decoded(as: DataIdentity.self) {
      var present = try datasets.identity(request)
      present.files = files
      difference = present.difference(from: recorded)
    } else {
      // What an earlier version recorded.
      let recorded = try? record.dataFiles?.decoded(as: [FileRecord].self)
      difference = recorded.flatMap { DataIdentity.difference(of: files, from: $0) }
    }
    guard let difference else { return }
    throw IdentityError(
      "dataset.path \(spec.dataset.path ?? "") holds other data than run \(folder) was trained on: \(difference); "
        + "accepted: the same data, or \(allowance).", allowance: .otherData)
  }
}
