import Datasets
import TestSupport
import Testing

@Suite struct StandardizationTests {
  @Test func standardizedTrainingImagesHaveMeanZeroAndVarianceOne() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.cifar(9), to: "data_batch_1.bin")
    try folder.write(Samples.cifar(1), to: "test_batch.bin")
    let images = try Dataset(DatasetRequest(name: "cifar-10", path: folder.path)).train
    let table: [Double] = Standardization(of: images).table()
    for channel in 0..<3 {
      let values = (0..<9).flatMap { index in
        images.bytes(of: index)[(1024 * channel)..<(1024 * (channel + 1))].map { table[256 * channel + Int($0)] }
      }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(abs(mean) < 1e-12 && abs(variance - 1) < 1e-12)
    }
  }

  @Test func twoValuesHaveTheMeanAndDeviationOfClosedForm() throws {
    // Half of the pixels 51 (0.2) and half 153 (0.6): mean 0.4, deviation 0.2. Blue is constant.
    let folder = try TemporaryFolder()
    let half = [UInt8](repeating: 51, count: 512) + [UInt8](repeating: 153, count: 512)
    let record = [1] + half + half.reversed() + [UInt8](repeating: 255, count: 1024)
    try folder.write(record, to: "data_batch_1.bin")
    try folder.write(record, to: "test_batch.bin")
    let standardization = Standardization(of: try Dataset(DatasetRequest(name: "cifar-10", path: folder.path)).train)
    let expected: [(Double, Double)] = [(0.4, 0.2), (0.4, 0.2), (1, 1)]
    for (channel, (mean, deviation)) in expected.enumerated() {
      #expect(abs(standardization.mean[channel] - mean) < 1e-15)
      #expect(abs(standardization.deviation[channel] - deviation) < 1e-15)
    }
    let table: [Float] = standardization.table()
    #expect(abs(table[51] + 1) < 1e-6 && abs(table[256 + 153] - 1) < 1e-6 && abs(table[512 + 255]) < 1e-6)
  }

  @Test(.enabled(if: SharedData.isPresent, "skipped: no data"))
  func realImagesAgreeWithNumPy() throws {
    let dataset = try Dataset(DatasetRequest(name: "cifar-10", path: SharedData.folder("cifar-10")))
    let standardization = Standardization(of: dataset.train)
    // numpy, float64: x.mean((0, 2, 3)) / 255 and x.std((0, 2, 3)) / 255 of data_batch_1 and data_batch_2.
    let mean = [0.49279932368259804, 0.48298809302236523, 0.4470108699065564]
    let deviation = [0.24742506697887112, 0.24411884505342724, 0.2620535861808517]
    for channel in 0..<3 {
      #expect(abs(standardization.mean[channel] - mean[channel]) < 1e-12)
      #expect(abs(standardization.deviation[channel] - deviation[channel]) < 1e-12)
    }
  }
}
