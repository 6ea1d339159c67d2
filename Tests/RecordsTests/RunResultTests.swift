import Foundation
import Records
import Testing

@Suite struct RunResultTests {
  /// A reader must find every key; undefined values are null.
  @Test func undefinedValuesAreNull() throws {
    let layer = RunResult.Layer(
      name: "conv1", norm: 1, predictedNorm: nil, effectiveLearningRate: 0.1, angularUpdate: nil,
      predictedAngularUpdate: nil, cosWeightGradient: 0)
    let result = RunResult(
      run: "r", steps: 1, epochs: 0.5, trainLoss: nil, testLoss: nil, testError: nil, bestTestError: nil,
      weightsSHA256: "ff", samplesUsed: 2, imagesPerSecond: 3, seconds: 4, workers: 1, servers: 1, threads: 1,
      effectiveLearningRateDefinition: "η/‖w‖²", layers: [layer])
    let bytes = try JSONEncoder().encode(result)
    let object = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    for key in ["trainLoss", "testLoss", "testError", "bestTestError"] { #expect(object[key] is NSNull) }
    let layers = try #require(object["layers"] as? [[String: Any]])
    #expect(layers[0]["predictedNorm"] is NSNull && layers[0]["predictedAngularUpdate"] is NSNull)
    #expect(Set(layers[0].keys).count == 10 && object.keys.count == 20)
    #expect(object["path"] is NSNull && layers[0]["initialNorm"] is NSNull)
    #expect(try JSONDecoder().decode(RunResult.self, from: bytes) == result)
  }
}
