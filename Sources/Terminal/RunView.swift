import Failures
import Foundation
package import Records

/// The view of a running run: progress, loss, error, and every layer's effective learning rate.
package struct RunView: Sendable, TerminalView {
  package var title: String
  package var progress: ProgressLine
  /// Whether η is constant, so that the norms have an equilibrium to reach.
  private let hasEquilibrium: Bool
  private var losses = History()
  private var errors = History()
  private var layers: [Layer] = []

  private struct Layer: Sendable {
    var state: RunResult.Layer
    var rates = History()
  }

  /// - Parameter schedule: how η changes over the steps.
  package init(title: String, progress: ProgressLine, schedule: String = ClosingReport.constant) {
    self.title = title
    self.progress = progress
    hasEquilibrium = schedule == ClosingReport.constant
  }

  /// A logging window is complete.
  package mutating func logged(step: Int, loss: Double?, layers states: [RunResult.Layer]) {
    progress.step = step
    progress.loss = loss
    losses.append(loss ?? .nan)
    for state in states {
      let index =
        layers.firstIndex { $0.state.name == state.name }
        ?? {
          layers.append(Layer(state: state))
          return layers.count - 1
        }()
      layers[index].state = state
      layers[index].rates.append(state.effectiveLearningRate ?? .nan)
    }
  }

  package mutating func evaluated(step: Int, testError: Double?) {
    progress.step = step
    progress.testError = testError
    errors.append(testError ?? .nan)
  }

  /// - Parameters:
  ///   - width: columns of the terminal.
  ///   - height: the most lines; layers beyond it are summarized as a number.
  package func lines(width: Int, height: Int, style: TerminalStyle) -> [String] {
    let room = max(width - 1, 1)
    var lines = [style.bold(cut(title, room)), bar(room, style)]
    lines.append(measure("loss", progress.loss, losses, room, style) { String(format: "%.4f", $0) })
    if !errors.values.isEmpty {
      lines.append(measure("test error", progress.testError, errors, room, style) { Numbers.percent($0) })
    }
    guard !layers.isEmpty, height > lines.count + 2 else { return Array(lines.prefix(max(height, 1))) }
    let equilibrium = hasEquilibrium ? EquilibriumNote(of: layers.map(\.state), after: progress.step) : nil
    if let equilibrium, height > lines.count + 3 { lines.append(cut(equilibrium.text, room)) }
    let names = max(layers.map(\.state.name.count).max() ?? 0, 5)
    let head = row(["layer", "‖w‖", "eff. rate", "angle", "predicted"], names: names)
    lines.append(style.faint(cut(head, room)))
    let shown = layers.count + lines.count <= height ? layers.count : height - lines.count - 1
    for layer in layers.prefix(shown) {
      let state = layer.state
      let text = row(
        [
          state.name, Numbers.short(state.norm), Numbers.short(state.effectiveLearningRate),
          Numbers.short(state.angularUpdate), Numbers.short(state.predictedAngularUpdate),
        ], names: names)
      lines.append(drawn(text, layer.rates, atMost: 40, logarithmic: true, room, style) { Numbers.short($0) })
    }
    if shown < layers.count { lines.append(style.faint(cut("… \(counted(layers.count - shown, "more layer"))", room))) }
    return lines
  }

  private func bar(_ room: Int, _ style: TerminalStyle) -> String {
    let cells = room >= 60 ? 20 : min(8, room)
    let filled = progress.steps > 0 ? min(cells * progress.step / progress.steps, cells) : 0
    let (full, empty) = (String(repeating: "█", count: filled), String(repeating: "░", count: cells - filled))
    return style.accent(full) + style.faint(empty) + cut(" " + progress.position, room - cells)
  }

  private func measure(
    _ name: String, _ value: Double?, _ history: History, _ room: Int, _ style: TerminalStyle,
    number: (Double) -> String
  ) -> String {
    let text = name.padding(toLength: 11, withPad: " ", startingAt: 0) + padded(value.map(number) ?? "–", to: 9)
    return drawn(text, history, atMost: 48, room, style, number: number)
  }

  /// The text with its curve and the curve's scale, as far as there is room: the scale goes first.
  private func drawn(
    _ text: String, _ history: History, atMost most: Int, logarithmic isLogarithmic: Bool = false, _ room: Int,
    _ style: TerminalStyle, number: (Double) -> String
  ) -> String {
    let left = room - text.count - 2
    guard left > 3 else { return cut(text, room) }
    let scale = "  " + Sparkline.scale(history.values, logarithmic: isLogarithmic, number: number)
    let width = left - scale.count >= 8 ? left - scale.count : left
    let curve = Sparkline.text(history.values, width: min(width, most), logarithmic: isLogarithmic)
    return text + "  " + style.accent(curve) + (width < left ? style.faint(scale) : "")
  }

  private func row(_ cells: [String], names: Int) -> String {
    cells[0].padding(toLength: names, withPad: " ", startingAt: 0)
      + cells.dropFirst().map { padded($0, to: 11) }.joined()
  }

  private func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }

  private func cut(_ text: String, _ width: Int) -> String {
    TerminalText.fitted(text.printable(), to: max(width, 0))
  }
}
