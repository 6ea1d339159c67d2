import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Real images", .enabled(if: SharedData.isPresent, "a folder of MNIST and CIFAR-10 files, as TARE_DATA names"))
  struct RealData {
    @Test("an mlp reads digits after one epoch")
    func mnist() throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(
        [
          "train", "--dataset", "mnist", "--data", SharedData.folder("mnist"), "--network", "mlp", "--epochs", "1",
          "--json", "--output", folder.file("run"),
        ])
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try #require(ending.json["testError"] as? Double) < 0.05)
      #expect(try ending.json["samplesUsed"] as? Int == 60_000 / 128 * 128)
    }

    @Test("a few steps on CIFAR-10, with chosen files, are the same bits over tcp")
    func cifar10() throws {
      let folder = try TemporaryFolder()
      let run =
        "--dataset cifar-10 --data \(SharedData.folder("cifar-10")) --steps 3 --microbatch 16 --augment crop+flip "
        + "--set dataset.train=data_batch_1.bin --set dataset.test=test_batch_first1000.bin"
      let one = try SmallRun("\(run) --workers 1", in: folder.file("one"))
      let three = try SmallRun("\(run) --workers 3 --servers 2 --transport tcp", in: folder.file("three"))
      #expect(try one.ending.weightsSHA256 == three.ending.weightsSHA256)
      let files = try #require(one.record["dataFiles"] as? [[String: Any]])
      #expect(files.map { $0["checksum"] as? String } == ["verified", "verified"])
    }
  }
}
