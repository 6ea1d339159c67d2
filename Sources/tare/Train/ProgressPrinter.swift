import Coordination
import Datasets
import Failures
import Foundation
import Launching
import NeuralNetwork
import Parameters
import Records
import RunDefinition
import Specification
import Terminal
import Training

/// Shows the progress of a run on stderr: a view on a terminal, elsewhere a line every few seconds, or nothing.
final class ProgressPrinter: RunObserver {
  private enum Style { case view, lines, silent }

  private let style: Style
  private let definition: RunDefinition
  private var view: RunView
  private var layers: [RunResult.Layer] = []
  private var began = ContinuousClock.now
  /// Of the first step of this process; more after a resume.
  private var firstVersion = 0
  private var lastShown: ContinuousClock.Instant?

  /// Between two lines when stderr is not a terminal.
  private static let interval = Duration.seconds(5)

  init(_ definition: RunDefinition) {
    self.definition = definition
    view = RunView(
      title: definition.spec.headline,
      progress: ProgressLine(steps: definition.steps, stepsPerEpoch: definition.stepsPerEpoch),
      schedule: definition.spec.schedule.name.rawValue)
    style =
      switch definition.spec.execution.progress {
      case .none: .silent
      case .plain: .lines
      case .auto: StandardError.isTerminal ? .view : .lines
      }
  }

  func opened() {
    guard style != .silent else { return }
    StandardError.print(Self.opening(definition).joined(separator: "\n"))
  }

  func warned(_ text: String) { StandardError.print("warning: \(text)") }

  /// Somebody who starts the members by hand wants to know who is there.
  func joined(_ member: Member) {
    guard style != .silent, definition.spec.execution.launcher == .none else { return }
    StandardError.print("\(member) joined")
  }

  func waits(for instructions: [String]) { StandardError.print(instructions.joined(separator: "\n")) }

  func placed(on hosts: HostSurvey) {
    if style != .silent {
      var table = TextTable(header: HostSurvey.header, of: .words)
      for row in hosts.cells { table.append(row) }
      StandardError.print(table.lines.joined(separator: "\n"))
    }
    for warning in hosts.warnings { warned(warning) }
  }

  func started(after version: Int) { (began, firstVersion) = (.now, version) }

  func measured(_ layers: [RunResult.Layer]) { self.layers = layers }

  func logged(version: Int, loss: Double?) {
    ProcessLog.note { $0.step = version }
    view.logged(step: version, loss: loss, layers: layers)
    let elapsed = began.duration(to: .now).seconds
    let speed = Double(max(version - firstVersion, 1)) / max(elapsed, 1e-9)
    view.progress.imagesPerSecond = speed * Double(definition.spec.samplesPerStep)
    view.progress.remaining = Double(definition.steps - version) / speed
    let isDue = lastShown.map { $0.duration(to: .now) >= Self.interval } ?? true
    if style == .view || isDue { show() }
  }

  func evaluated(version: Int, _ tally: Tally) {
    ProcessLog.note { $0.step = version }
    view.evaluated(step: version, testError: tally.error)
    show(isLast: version == definition.steps)
  }

  func happened(_ event: RunEvent) {
    if style != .silent { StandardError.print("step \(event.step): \(event.what)") }
  }

  func ended() {
    guard style == .view, lastShown != nil else { return }
    show(isLast: true)
    StandardError.leaveView()
  }

  private func show(isLast: Bool = false) {
    lastShown = .now
    switch style {
    case .view: StandardError.show(view, isLast: isLast)
    case .lines: StandardError.print(view.progress.text)
    case .silent: break
    }
  }

  /// `nil` for a synchronous run.
  private static func mode(of spec: RunSpec) -> String? {
    guard spec.isAsynchronous else { return nil }
    let bound = spec.staleness.versions.map { counted($0, "version") } ?? "any number of versions"
    return
      "asynchronous: a step is made of the first \(counted(spec.samplesPerStep / spec.microbatch, "microbatch", plural: "microbatches")), "
      + "up to \(bound) behind; the weights differ each time"
  }

  /// Describes the run before it starts.
  private static func opening(_ definition: RunDefinition) -> [String] {
    let spec = definition.spec
    let execution = spec.execution
    let serverThreads =
      execution.serverThreads == 1
      ? "" : " with \(counted(execution.serverThreads, "thread"))\(execution.servers == 1 ? "" : " each")"
    let members = execution.launcher == .none ? "launched by hand" : execution.launcher.rawValue
    return [
      "\(spec.dataset.name.rawValue): \(definition.images.trainCount) training and \(definition.images.testCount) test "
        + "images of \(definition.images.shape); \(spec.network.preset.rawValue), "
        + "\(definition.architecture.layout.count) parameters, \(spec.normalization.rawValue) normalization",
      "\(spec.optimizer.name.rawValue), η = \(spec.learningRate); \(counted(definition.steps, "step")) of \(spec.samplesPerStep) "
        + "images in microbatches of \(spec.microbatch); seed \(spec.seed)",
    ] + [mode(of: spec)].compactMap(\.self) + spec.conventionLines + spec.warnings.map { "warning: \($0)" } + [
      "\(counted(execution.servers, "server"))\(serverThreads), \(counted(execution.workers, "worker")) with "
        + "\(counted(execution.threads, "thread")) each; \(members) over \(execution.transport.rawValue)"
    ]
  }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
