import Failures
import Foundation
package import Records

/// The view of a running run: progress, loss, error, and every layer's effective learning rate.
package struct RunView: Sendable, TerminalView {
  package var title: String
  package var progress: ProgressLine
  private var losses = History()
  private var errors = History()
  private var layers: [Layer] = []

  private struct Layer: Sendable {
    var state: RunResult.Layer
    var rates = History()
  }

  package init(title: String, progress: ProgressLine) {
    self.title = title
    self.progress = progress
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
    let spark = max(min(room - 22, 48), 0)
    var lines = [style.bold(cut(title, room)), bar(room, style)]
    lines.append(measure("loss", progress.loss.map { String(format: "%.4f", $0) }, losses, spark, room, style))
    if !errors.values.isEmpty {
      lines.append(measure("test error", progress.testError.map(Numbers.percent), errors, spark, room, style))
    }
    guard !layers.isEmpty, height > lines.count + 2 else { return Array(lines.prefix(max(height, 1))) }
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
      let left = room - text.count - 2
      let curve = Sparkline.text(layer.rates.values, width: min(left, 40), logarithmic: true)
      lines.append(left > 3 ? text + "  " + style.accent(curve) : cut(text, room))
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
    _ name: String, _ value: String?, _ history: History, _ spark: Int, _ room: Int, _ style: TerminalStyle
  ) -> String {
    let text = name.padding(toLength: 11, withPad: " ", startingAt: 0) + padded(value ?? "–", to: 9)
    guard spark > 3 else { return cut(text, room) }
    return text + "  " + style.accent(Sparkline.text(history.values, width: spark))
  }

  private func row(_ cells: [String], names: Int) -> String {
    cells[0].padding(toLength: names, withPad: " ", startingAt: 0)
      + cells.dropFirst().map { padded($0, to: 11) }.joined()
  }

  private func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }

  private func cut(_ text: String, _ width: Int) -> String { TerminalText.fitted(text, to: max(width, 0)) }
}
