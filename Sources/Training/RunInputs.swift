package import Datasets
import Parameters

/// What the runs of one process share: the images that they read, and the weights that they begin with.
package struct RunInputs: Sendable {
  package let datasets = DatasetCache()
  let initialWeights = InitialWeightsCache()

  package init() {}
}
