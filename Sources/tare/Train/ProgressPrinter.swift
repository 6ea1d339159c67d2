import NeuralNetwork
import Datasets
import Coordination
import Foundation
import Parameters
import Reports
import Roles

/// Shows on stderr how a run goes: a bar on a terminal, a line now and then elsewhere, or nothing.
final class ProgressPrinter: RunObserver {
  private enum Style { case bar, lines, silent }

  private let style: Style
  private let definition: RunDefinition
  private var line: ProgressLine
  private var began = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?

  /// Between two lines without a terminal.
  private static let interval = Duration.seconds(5)

  init(_ definition: RunDefinition) {
    self.definition = definition
    line = ProgressLine(steps: definition.steps, stepsPerEpoch: definition.stepsPerEpoch)
    style =
      switch definition.spec.execution.progress {
      case .none: .silent
      case .plain: .lines
      case .auto: StandardError.isTerminal ? .bar : .lines
      }
  }

  func opened() {
    guard style != .silent else { return }
    StandardError.print(Self.opening(definition).joined(separator: "\n"))
  }

  func warned(_ text: String) { StandardError.print("warning: \(text)") }

  func waits(for instructions: [String]) { StandardError.print(instructions.joined(separator: "\n")) }

  func started() { began = .now }

  func logged(version: Int, loss: Double?) {
    line.step = version
    line.loss = loss
    let elapsed = began.duration(to: .now).seconds
    let speed = Double(version) / max(elapsed, 1e-9)
    line.imagesPerSecond = speed * Double(definition.spec.batch)
    line.remaining = Double(definition.steps - version) / speed
    let isDue = lastShown.map { $0.duration(to: .now) >= Self.interval } ?? true
    if style == .bar || isDue { show() }
  }

  func evaluated(version: Int, _ tally: Tally) {
    line.step = version
    line.testError = tally.error
    show()
  }

  func happened(_ incident: Incident) {
    guard style != .silent else { return }
    if style == .bar, lastShown != nil { StandardError.print("") }
    StandardError.print("step \(incident.step): \(incident.what)")
  }

  func ended() { if style == .bar, lastShown != nil { StandardError.print("") } }

  private func show() {
    lastShown = .now
    switch style {
    case .bar: StandardError.print("\r\(line.bar(width: StandardError.width))\u{1B}[K", terminator: "")
    case .lines: StandardError.print(line.text)
    case .silent: break
    }
  }

  /// What is about to happen, in the terms of the field.
  private static func opening(_ definition: RunDefinition) -> [String] {
    let spec = definition.spec
    let execution = spec.execution
    return [
      "\(spec.dataset.name.rawValue): \(definition.images.trainCount) training and \(definition.images.testCount) test "
        + "images of \(definition.images.shape); \(spec.network.preset.rawValue), "
        + "\(definition.architecture.layout.count) parameters, \(spec.normalization.rawValue) normalisation",
      "\(spec.rule.name.rawValue), η = \(spec.rule.rate); \(definition.steps) steps of \(spec.batch) "
        + "images in microbatches of \(spec.microbatch); seed \(spec.seed)",
    ] + spec.conventionLines + spec.warnings.map { "warning: \($0)" } + [
      "\(execution.servers) server(s), \(execution.workers) worker(s) with \(execution.threads) thread(s) each, "
        + "\(execution.launcher.rawValue) over \(execution.transport.rawValue)"
    ]
  }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
