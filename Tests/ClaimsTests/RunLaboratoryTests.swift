import Claims
import Failures
import Foundation
import Records
import RunDefinition
import Specification
import TestSupport
import Testing

@Suite("Laboratory of real runs")
struct RunLaboratoryTests {
  @Test("a run that was trained on other data than its path holds now is refused, not taken as evidence")
  func otherData() throws {
    let folder = try TemporaryFolder()
    let data = folder.file("mn")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
    for (part, count) in [("train", 8), ("t10k", 4)] {
      let pixels = (0..<count * 784).map { UInt8($0 * 37 % (240 + count)) }
      try folder.write(
        [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, 28, 0, 0, 0, 28] + pixels, to: "mn/\(part)-images-idx3-ubyte")
      try folder.write([0, 0, 8, 1, 0, 0, 0, UInt8(count)] + (0..<UInt8(count)), to: "mn/\(part)-labels-idx1-ubyte")
    }
    let settings = [
      "network=mlp", "dataset=mnist", "dataset.path=\(data)", "batch=4", "microbatch=2", "steps=2",
      "execution.launcher=threads",
    ]
    let spec = try RunSpec(layers: [Assignment.settings(settings)])
    // Each time as another process would. Threads of the laboratory before may hold its lock a moment longer.
    func train() throws -> Observation {
      let deadline = ContinuousClock.now + .eventDeadline
      while true {
        do { return try RunLaboratory(folder: folder.file("claims"), parallel: 1).train(spec) } catch let error
          as RunError
          where error.exitCode == ExitCode.unavailable && .now < deadline
        { sched_yield() }
      }
    }
    let first = try train()
    let seconds = try #require(first.result).seconds
    #expect(try train().result?.seconds == seconds, "it is not trained again")

    let name = "train-images-idx3-ubyte"
    var bytes = try folder.read("mn/\(name)")
    bytes[100] ^= 1
    try folder.write(bytes, to: "mn/\(name)")
    let error = #expect(throws: IdentityError.self) { try train() }
    #expect(error?.exitCode == 65)
    let sentence = error?.description ?? ""
    #expect(
      sentence.hasPrefix("dataset.path \(data) holds other data than run \(first.folder) was trained on: "),
      "\(sentence)")
    #expect(sentence.contains("\(data)/\(name) has SHA-256") && sentence.hasSuffix("or another output folder."))
    bytes[100] ^= 1
    try folder.write(bytes, to: "mn/\(name)")
    #expect(try train().result?.seconds == seconds)
  }
}
