import Records
import Terminal
import Testing

@Suite("Terminal output")
struct ReportsTests {
  @Test("columns are as wide as their widest cell")
  func table() {
    var table = TextTable(header: ["layer", "‖w‖"])
    table.append(["conv1", "0.5"])
    table.append(["a", "12.25"])
    #expect(table.lines == ["layer    ‖w‖", "conv1    0.5", "a      12.25"])
  }

  @Test("numbers are short and missing ones are a dash")
  func numbers() {
    #expect(Numbers.short(0.000123456) == "0.0001235")
    #expect(Numbers.short(nil) == "–")
    #expect(Numbers.percent(0.2791) == "27.91 %")
    #expect(Numbers.duration(59.4) == "59 s")
    #expect(Numbers.duration(185) == "3 min 05 s")
  }

  @Test("a progress line says what is known")
  func progress() {
    var line = ProgressLine(steps: 500, stepsPerEpoch: 125)
    #expect(line.text == "step 0/500  epoch 0.0")
    line.step = 250
    line.loss = 1.5
    line.testError = 0.4
    line.imagesPerSecond = 1830.7
    line.remaining = 12
    #expect(
      line.text == "step 250/500  epoch 2.0  loss 1.5000  test error 40.00 %  1830 images/s  12 s left")
    line.step = 500
    #expect(!line.text.contains("left"))
  }

  @Test("the closing report lists every layer and where the run is")
  func closing() {
    let layer = RunResult.Layer(
      name: "conv1", norm: 0.5, predictedNorm: nil, effectiveLearningRate: 0.08, angularUpdate: 0.05,
      predictedAngularUpdate: 0.04, cosWeightGradient: 1e-7)
    let result = RunResult(
      run: "runs/a", steps: 10, epochs: 0.5, trainLoss: 1.2, testLoss: 1.3, testError: 0.3, bestTestError: 0.29,
      weightsSHA256: "ff00", samplesUsed: 1280, imagesPerSecond: 900, seconds: 1.4, workers: 2, servers: 1, threads: 1,
      effectiveLearningRateDefinition: "η/‖w‖²", layers: [layer])
    let lines = ClosingReport(result).lines
    #expect(lines.first == "test error 30.00 % (best 29.00 %), test loss 1.3, train loss 1.2")
    #expect(lines.contains { $0.hasPrefix("conv1") && $0.contains("0.08") && $0.contains("–") })
    #expect(lines.suffix(2) == ["weights SHA-256 ff00", "run folder      runs/a"])
  }
}
