import Records
import Terminal
import Testing

@Suite("Views of a terminal")
struct RunViewTests {
  private func layer(_ name: String, rate: Double) -> RunResult.Layer {
    RunResult.Layer(
      name: name, norm: 8, predictedNorm: nil, effectiveLearningRate: rate, angularUpdate: 0.002,
      predictedAngularUpdate: nil, cosWeightGradient: nil)
  }

  private func view(layers: Int = 2) -> RunView {
    var view = RunView(title: "conv3 on glyphs", progress: ProgressLine(steps: 100, stepsPerEpoch: 50))
    for step in 1...4 {
      view.logged(
        step: step * 10, loss: 4 / Double(step),
        layers: (1...layers).map { layer("conv\($0)", rate: 0.001 * Double(step)) })
    }
    view.evaluated(step: 50, testError: 0.25)
    view.progress.imagesPerSecond = 1234.5
    view.progress.remaining = 61
    return view
  }

  @Test("at 80 columns")
  func lines() {
    #expect(
      view().lines(width: 80, height: 24, style: .plain) == [
        "conv3 on glyphs",
        "██████████░░░░░░░░░░ step 50/100  epoch 1.0  1234 images/s  1 min 01 s left",
        "loss          1.0000  █▃▁▁  1.0000…4.0000",
        "test error   25.00 %  ▄  25.00 %",
        "layer        ‖w‖  eff. rate      angle  predicted",
        "conv1          8      0.004      0.002          –  ▁▅▇█  0.001…0.004",
        "conv2          8      0.004      0.002          –  ▁▅▇█  0.001…0.004",
      ])
  }

  @Test("it says of the equilibrium what the closing table says")
  func equilibrium() {
    var view = view()
    var layers = ["conv1", "conv2"].map { layer($0, rate: 0.004) }
    for index in layers.indices {
      (layers[index].isInEquilibrium, layers[index].equilibriumTimeConstant) = (false, 2500)
    }
    view.logged(step: 50, loss: 1, layers: layers)
    let words = EquilibriumNote(of: layers, after: 50)?.text
    #expect(words == "not yet in equilibrium: all layers; needs about 2500 steps, had 50")
    #expect(view.lines(width: 100, height: 24, style: .plain).contains { $0 == words })
    #expect(
      view.lines(width: 40, height: 24, style: .plain).contains { $0 == "not yet in equilibrium: all layers; ne…" })
  }

  @Test(
    "no line is wider than the terminal, and no more lines are drawn than it has", arguments: [1, 10, 40, 79, 80, 200])
  func sizes(width: Int) {
    for height in [1, 2, 5, 8, 30] {
      let lines = view(layers: 12).lines(width: width, height: height, style: .plain)
      #expect(lines.count <= height && lines.allSatisfy { $0.count <= max(width - 1, 1) }, "\(lines)")
    }
    let cut = view(layers: 12).lines(width: 100, height: 10, style: .plain)
    #expect(cut.last == "… 8 more layers")
  }

  @Test("styles differ only in color, and NO_COLOR turns it off")
  func colors() {
    let colored = view().lines(width: 80, height: 24, style: .colored).joined(separator: "\n")
    #expect(colored.contains("\u{1B}["))
    let stripped = colored.replacing(/\u{1B}\[[0-9]+m/, with: "")
    #expect(stripped == view().lines(width: 80, height: 24, style: .plain).joined(separator: "\n"))
    #expect(TerminalStyle(environment: [:]) == .colored)
    #expect(TerminalStyle(environment: ["NO_COLOR": ""]) == .colored)
    #expect(TerminalStyle(environment: ["NO_COLOR": "1"]) == .plain)
  }

  @Test("a sparkline rises with its values, by ratio if logarithmic, with gaps for missing ones")
  func sparkline() {
    #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7], width: 8) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([1, 2, 4, 8, 16, 32, 64, 128], width: 8, logarithmic: true) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([1, .nan, 2], width: 8) == "▁ █")
    #expect(Sparkline.text([3, 3], width: 8) == "▄▄")
    #expect(Sparkline.text([], width: 8).isEmpty && Sparkline.text([1], width: 0).isEmpty)
    #expect(Sparkline.text(Array(stride(from: 0.0, to: 100, by: 1)), width: 10).count == 10)
    #expect(Sparkline.text([-1, 0], width: 4, logarithmic: true) == "  ")
  }

  @Test("a curve that changes by less than 5 % is flat, and its scale says between which values it is drawn")
  func scale() {
    for isLogarithmic in [false, true] {
      #expect(Sparkline.text([0.00977, 0.0098, 0.00999], width: 8, logarithmic: isLogarithmic) == "▄▄▄")
      #expect(Sparkline.text([1, 1.06], width: 8, logarithmic: isLogarithmic) == "▁█")
    }
    #expect(Sparkline.text([-1, -1.01], width: 8) == "▄▄")
    #expect(Sparkline.text([0, 1e-9], width: 8) == "▁█")
    #expect(Sparkline.text([0, 0], width: 8) == "▄▄")
    #expect(Sparkline.scale([0.00999, .nan, 0.00977]) == "0.00977…0.00999")
    #expect(Sparkline.scale([3, 3]) == "3" && Sparkline.scale([.nan]).isEmpty)
    #expect(Sparkline.scale([-1, 0, 2, 8], logarithmic: true) == "2…8")
  }

  @Test("a history stays within its limit, in order, from end to end")
  func history() {
    var history = History(limit: 16)
    for value in 0..<10_000 { history.append(Double(value)) }
    #expect((8..<16).contains(history.values.count))
    #expect(history.values == history.values.sorted())
    #expect(history.values[0] < 2500 && (history.values.last ?? 0) > 7500)
  }

  @Test("a sweep shows how many runs have ended, the best one, and the remaining time")
  func sweep() {
    var view = SweepView(title: "sweep paper", count: 8)
    (view.done, view.diverged, view.running, view.remaining) = (3, 1, 2, 12)
    view.best = (0.0405, "η 0.1")
    view.news = "η 0.01: diverged"
    #expect(
      view.lines(width: 40, height: 24, style: .plain)
        == [
          "sweep paper", String(repeating: "█", count: 19) + String(repeating: "░", count: 20),
          "4/8 ended, 1 diverged, 2 running  12 s…", "best 4.05 %  η 0.1", "last η 0.01: diverged",
        ])
  }
}
