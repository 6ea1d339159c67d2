import Datasets
import Parameters

extension HotPath {
  static let batches = [
    HotPath("batch loading") {
      let dataset = try Dataset(DatasetRequest(name: "glyphs", limit: 256))
      let standardization = Standardization(of: dataset.train)
      var loader = BatchLoader<Float>(
        dataset, standardization: standardization, seed: 1, batchSize: 128, microbatchSize: 32,
        augmentation: .cropFlip)
      let images = Buffer<Float>(count: 32 * dataset.train.shape.count)
      var labels = [UInt8](repeating: 0, count: 32)
      var step = 0
      return {
        unsafe labels.withUnsafeMutableBufferPointer { labels in
          _ = unsafe loader.loadMicrobatch(step % 4, ofStep: step / 4 % 2, images: images.elements, labels: labels)
        }
        step += 1
      }
    }
  ]
}
