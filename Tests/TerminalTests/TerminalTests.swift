import Coordination
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

  @Test("a progress line shows the values known so far")
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

  @Test("the closing report lists every layer and the run's folder")
  func closing() {
    let layer = RunResult.Layer(
      name: "conv1", norm: 0.5, predictedNorm: nil, effectiveLearningRate: 0.08, angularUpdate: 0.05,
      predictedAngularUpdate: 0.04, cosWeightGradient: -1e-7, initialNorm: 1.414)
    let result = RunResult(
      run: "runs/a", steps: 10, epochs: 0.5, trainLoss: 1.2, testLoss: 1.3, testError: 0.3, bestTestError: 0.29,
      weightsSHA256: "ff00", samplesUsed: 1280, imagesPerSecond: 900, seconds: 1.4, workers: 2, servers: 1, threads: 1,
      effectiveLearningRateDefinition: "η/‖w‖²", layers: [layer])
    let lines = ClosingReport(result).lines
    #expect(lines.first == "test error 30.00 % (best 29.00 %), test loss 1.3, train loss 1.2")
    #expect(lines.contains { $0.hasPrefix("conv1") && $0.contains("0.08") && $0.contains("–") })
    #expect(lines.suffix(2) == ["weights SHA-256 ff00", "run folder      runs/a"])
    #expect(lines[1] == "10 steps, 0.5 epochs, 1280 samples in 1 s: 900 images/s")
    #expect(lines.contains("‖w‖ and η/‖w‖², the effective learning rate: median over filters;"))
    #expect(lines.contains("angle: RMS per step, in radians; |cos(w,g)|: the largest"))
    #expect(lines.allSatisfy { TerminalText.width($0) <= 80 }, "\(lines)")
    let columns = lines.first { $0.hasPrefix("layer") }?.split(whereSeparator: { $0 == " " }).map(String.init)
    #expect(columns == ["layer", "‖w‖", "first", "last", "predicted", "η/‖w‖²", "angle", "predicted", "|cos(w,g)|"])
    #expect(lines.first { $0.hasPrefix("conv1") }?.split(separator: " ").prefix(3) == ["conv1", "1.414", "0.5"])
    #expect(!lines.contains { $0.contains("equilibrium") }, "no prediction, no equilibrium")
  }

  @Test(
    "the closing report says whether the norms have reached their equilibrium",
    arguments: [
      ([true, true], 2500.0, "in equilibrium: all layers"),
      ([true, nil], 2500, "in equilibrium: conv1"),
      ([false, false], 2512, "not yet in equilibrium: all layers; needs about 2500 steps, had 250"),
      ([true, false], 1000, "not yet in equilibrium: conv2; needs about 1000 steps, had 250"),
      ([false, true], 100, "near equilibrium: conv1; ‖w‖ within 7 % of the prediction"),
      ([false, true, false], 100, "not in equilibrium: conv1, conv3; ‖w‖ off the prediction by up to 53 %"),
    ])
  func equilibrium(states: [Bool?], timeConstant: Double, line: String) {
    let layers = states.enumerated().map { index, state in
      RunResult.Layer(
        name: "conv\(index + 1)", norm: [1.0625, 1, 0.475][index], predictedNorm: state.map { _ in 1 },
        effectiveLearningRate: 1,
        angularUpdate: 1, predictedAngularUpdate: nil, cosWeightGradient: 0, isInEquilibrium: state,
        equilibriumTimeConstant: state.map { _ in timeConstant })
    }
    let result = RunResult(
      run: "runs/a", steps: 250, epochs: 1, trainLoss: 1, testLoss: 1, testError: 1, bestTestError: 1,
      weightsSHA256: "ff00", samplesUsed: 1, imagesPerSecond: 1, seconds: 1, workers: 1, servers: 1, threads: 1,
      effectiveLearningRateDefinition: "η/‖w‖²", layers: layers)
    #expect(ClosingReport(result).lines.contains(line))
  }

  @Test(
    "under a schedule the closing report has means over the run and what was best, not the last step's tiny numbers")
  func scheduled() {
    let layer = RunResult.Layer(
      name: "conv1", norm: 0.5, predictedNorm: 0.001, effectiveLearningRate: 9e-7, angularUpdate: 3e-8,
      predictedAngularUpdate: 4e-8, cosWeightGradient: 0, initialNorm: 1.5)
    var result = RunResult(
      run: "runs/a", steps: 250, epochs: 1, trainLoss: 1, testLoss: 1, testError: 1, bestTestError: 1,
      weightsSHA256: "ff00", samplesUsed: 1, imagesPerSecond: 1, seconds: 1, workers: 1, servers: 1, threads: 1,
      effectiveLearningRateDefinition: "η/‖w‖²", layers: [layer])
    result.path = .init(
      bestStep: 240,
      layers: [
        .init(
          name: "conv1", mean: .init(norm: 1.2, effectiveLearningRate: 0.03, angularUpdate: 0.02),
          best: .init(norm: 0.6, effectiveLearningRate: 0.004, angularUpdate: 0.005))
      ])
    let lines = ClosingReport(result, schedule: "cosine").lines
    let row = lines.first { $0.hasPrefix("conv1") }?.split(separator: " ").map(String.init)
    #expect(row == ["conv1", "1.5", "1.2", "0.6", "0.03", "0.004", "0.02", "0.005"])
    #expect(lines.contains("schedule cosine: means over the run; best: step 240, of the lowest test error;"))
    #expect(!lines.contains { $0.contains("9e-07") } && lines.allSatisfy { TerminalText.width($0) <= 80 })
    #expect(ClosingReport(result).lines.contains { $0.contains("9e-07") }, "constant η: the last step's")
  }

  @Test("a run of one step without layers has no table; its events are listed in order")
  func closingEvents() {
    let result = RunResult(
      run: "runs/a", steps: 1, epochs: 0.5, trainLoss: nil, testLoss: nil, testError: nil, bestTestError: nil,
      weightsSHA256: "ff00", samplesUsed: 1, imagesPerSecond: 1, seconds: 61, workers: 1, servers: 1, threads: 1,
      effectiveLearningRateDefinition: "none", layers: [],
      events: [
        RunEvent(.lost, of: Member(.worker, 1), seconds: 1, step: 3, what: "worker 1 failed"),
        RunEvent(.joined, of: Member(.worker, 1), seconds: 2, step: 4, what: "worker 1 joined"),
      ])
    #expect(
      ClosingReport(result).lines == [
        "test error – (best –), test loss –, train loss –", "1 step, 0.5 epochs, 1 sample in 1 min 01 s: 1 images/s",
        "",
        "step 3: worker 1 failed", "step 4: worker 1 joined", "", "weights SHA-256 ff00", "run folder      runs/a",
      ])
  }

  @Test("without a known length, a progress line shows the step alone")
  func progressWithoutLength() {
    var line = ProgressLine(steps: 0, stepsPerEpoch: .nan)
    (line.step, line.loss, line.remaining) = (7, 0.25, 3)
    #expect(line.text == "step 7  loss 0.2500")
  }

  @Test("control characters are shown; of lines, the feeds and tabs stay")
  func printable() {
    #expect("a\u{1B}[31mb\n\u{7}\u{9B}\u{7F}é".printable() == "a\\x1b[31mb\\x0a\\x07\\x9b\\x7fé")
    #expect("a\tb\n\r".printable(keepingLines: true) == "a\tb\n\\x0d")
    var table = TextTable(header: ["NAME", "N"])
    table.append(["x\ny", "1"])
    #expect(table.lines.count == 2 && table.lines.allSatisfy { !$0.contains("\n") })
  }
}
