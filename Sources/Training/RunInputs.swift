package import Datasets
import Parameters

/// Inputs that the runs of one process share: images and initial weights.
package struct RunInputs: Sendable {
  package let datasets = DatasetCache()
  let initialWeights = InitialWeightsCache()

  package init() {}
}
