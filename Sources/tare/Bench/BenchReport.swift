import Benchmarks
import Failures
import Foundation
import Parameters
import Records
import Terminal

/// The tables that `tare bench` prints.
struct BenchReport {
  private let result: BenchResult

  init(_ result: BenchResult) { self.result = result }

  var lines: [String] {
    let host = result.host
    let head = [
      "tare \(result.tare), \(host.cpuModel), \(host.cores) processors, kernels \(host.isa), oneDNN \(result.oneDNN) "
        + "(\(result.oneDNNInstructionSet)), \(host.os)",
      "Rounds of \(Numbers.short(result.seconds)) s; median, minimum and maximum over quiet rounds, in which other processes "
        + "used less than \(Rounds.quietLimit) processors (* over all rounds: fewer than \(Rounds.fewestQuiet) were quiet).",
    ]
    return head + stepLines + systemLines + memoryLines + updateLines + messageLines + goodputLines + roundTripLines
      + checkpointLines
      + recoveryLines
      + reportLines + launchLines + stragglerLines + breakdownLines + smallLines + scaleLines
  }

  private var stepLines: [String] {
    guard let outcomes = result.step, let first = outcomes.first else { return [] }
    var table = TextTable(header: ["", "images/s"] + Self.restHeader + ["effective GFLOP/s", "of products", "ratio"])
    for outcome in outcomes {
      let name = outcome.title
      table.append(
        ["\(name)  Tare, convolutions \(outcome.convolutions.joined(separator: ","))"]
          + Self.cells(outcome.ours) + [
            Self.whole(outcome.effectiveGFLOPS), Self.ratio(outcome.timeInProducts),
            Self.ratio(outcome.ratioToBestTorch),
          ])
      if let products = outcome.products {
        let effective = outcome.effectiveGFLOPS * products.median / outcome.ours.median
        table.append(
          ["\(name)  its convolutions and dense layers alone"] + Self.cells(products)
            + [Self.whole(effective), "", ""])
      }
      for torch in outcome.torch {
        table.append(
          ["\(name)  PyTorch \(torch.version), \(torch.layout), \(counted(torch.threads, "thread"))"]
            + Self.cells(torch.imagesPerSecond) + [Self.whole(torch.effectiveGFLOPS), "", ""])
      }
    }
    return ["", "One training step, 1 thread, batch \(first.batch) in microbatches of \(first.microbatch)"]
      + table.lines
      + ["of products: the time of a step, in that of its convolutions and dense layers alone"]
      + ["ratio: to PyTorch's faster layout; w and d in a word: Winograd or direct forward, for weights, for data"]
  }

  private var systemLines: [String] {
    guard let outcomes = result.system, let first = outcomes.first else { return [] }
    var table = TextTable(header: ["", "images/s"] + Self.restHeader + ["2 workers at"])
    for outcome in outcomes {
      let rows: [(String, MeasuredValue?, Double?)] = [
        ("2 workers + 1 server", outcome.twoWorkers, nil),
        ("1 worker + 1 server", outcome.oneWorker, outcome.ratioToTwiceOneWorker),
        ("1 thread, no messages", outcome.oneThread, outcome.ratioToTwiceOneThread),
        ("2 workers, no messages", outcome.twoThreads, outcome.ratioToTwoThreads),
        ("2 workers in step, no messages", outcome.twoThreadsInStep, outcome.ratioToTwoThreadsInStep),
      ]
      for case (let name, let figure?, let ratio) in rows {
        table.append(["\(outcome.network)  \(name)"] + Self.cells(figure) + [Self.percent(ratio)])
      }
      guard let ddp = outcome.ddp else { continue }
      let name = "\(outcome.network)  2 workers + 1 server, microbatches of \(ddp.microbatch)"
      table.append([name] + Self.cells(ddp.ours) + [""])
      table.append(
        ["\(outcome.network)  PyTorch \(ddp.version) DDP, gloo, 2 processes, \(ddp.layout)"]
          + Self.cells(ddp.imagesPerSecond) + [Self.percent(ddp.ratio)])
    }
    return ["", "A whole run on glyphs, 1 thread per worker, batch \(first.batch), processes over ipc"] + table.lines
      + ["2 workers at: their speed relative to twice one worker, twice one thread, and two workers without a server"]
      + ["in step: each waits after a step until the other has finished its own, as workers of a synchronous run do"]
      + (outcomes.contains { $0.ddp != nil } ? ["beside PyTorch's DDP: that of the same microbatches"] : [])
  }

  private var memoryLines: [String] {
    guard let outcomes = result.memory else { return [] }
    var table = TextTable(
      header: ["", "processes", "peak resident MB", "proportional MB", "limit MB", "of limit", "of PyTorch"])
    for outcome in outcomes {
      let name = "\(outcome.network) on \(outcome.dataset)"
      func row(_ title: String, _ processes: Int, _ resident: Double, _ proportional: Double, _ rest: [String]) {
        table.append(["\(name)\(title)", "\(processes)", Self.whole(resident), Self.whole(proportional)] + rest)
      }
      row("", outcome.processes, outcome.peakResidentMB, outcome.proportionalMB, ["", "", ""])
      if let server = outcome.server {
        let share = Self.percent(server.peakResidentMB / server.limitMB)
        row("  the server", 1, server.peakResidentMB, server.proportionalMB, [Self.whole(server.limitMB), share, ""])
      }
      guard let worker = outcome.worker else { continue }
      let title = "  a run's only worker, batch \(worker.batch) in microbatches of \(worker.microbatch)"
      let share = worker.torch.map { Self.percent(worker.peakResidentMB / $0.peakResidentMB) } ?? ""
      row(title, 1, worker.peakResidentMB, worker.proportionalMB, ["", "", share])
      guard let torch = worker.torch else { continue }
      let program = "  PyTorch \(torch.version), batch \(worker.batch)"
      row(program, 1, torch.peakResidentMB, torch.proportionalMB, ["", "", ""])
    }
    return ["", "Memory of a server and two workers together, of the server, and of a run's only worker"] + table.lines
      + ["limit: (4 + the optimizer's numbers for a parameter) × 4 bytes for each parameter, and 30 MB"]
      + (outcomes.contains { $0.worker?.torch != nil } ? ["of PyTorch: of the peak resident size"] : [])
  }

  private var updateLines: [String] {
    guard let outcomes = result.update else { return [] }
    var table = TextTable(header: ["", "ms"] + Self.restHeader + ["GB/s", "of add", "of plain"])
    for outcome in outcomes {
      let rows: [(String, UpdateBenchmark.Pass, Double?)] = [
        ("\(outcome.rule) + metrics", outcome.withMetrics, outcome.metricsRatio),
        (outcome.rule, outcome.withoutMetrics, nil), ("add", outcome.add, nil),
      ]
      for (name, pass, ratio) in rows {
        let share = pass.gigabytesPerSecond / outcome.add.gigabytesPerSecond
        table.append(
          ["\(outcome.parameters) parameters  \(name)"] + Self.cells(pass.milliseconds, format: "%.3f")
            + [String(format: "%.1f", pass.gigabytesPerSecond), Self.percent(share), Self.ratio(ratio)])
      }
    }
    return ["", "The server's update, 1 thread"] + table.lines
      + ["of plain: the time with the sums and windows of all metrics, relative to the time without"]
      + stepShare(outcomes)
  }

  /// What the update takes beside a worker's step, where both were measured.
  private func stepShare(_ updates: [UpdateBenchmark.Findings]) -> [String] {
    guard let step = result.step?.first(where: { $0.title == "conv3" }),
      let update = updates.min(by: { $0.parameters < $1.parameters })
    else { return [] }
    let milliseconds = Double(step.batch) / step.ours.median * 1000
    let share = update.withMetrics.milliseconds.median / milliseconds
    return [
      String(format: "%d parameters with all metrics: %.2f %% of a conv3 step of ", update.parameters, share * 100)
        + "\(step.batch) images, \(Numbers.short(milliseconds)) ms"
    ]
  }

  private var messageLines: [String] {
    guard let outcomes = result.messages else { return [] }
    var table = TextTable(header: ["", ""] + Self.restHeader)
    for outcome in outcomes {
      table.append(
        ["\(outcome.transport)  µs for a small message"] + Self.cells(outcome.microsecondsPerMessage, format: "%.1f"))
      for (name, figure) in [
        ("of tensors", outcome.gigabytesPerSecond), ("of a loop", outcome.loopGigabytesPerSecond),
        ("of the sockets", outcome.socketGigabytesPerSecond),
      ] {
        table.append(["\(outcome.transport)  GB/s \(name)"] + Self.cells(figure, format: "%.2f"))
      }
    }
    return ["", "Messages of a process: over ipc, and encrypted over tcp"] + table.lines
      + ["of a loop, of the sockets: bytes in a second of the processor that they take"]
  }

  private var goodputLines: [String] {
    guard let outcomes = result.goodput, !outcomes.isEmpty else { return [] }
    var table = TextTable(header: ["", "GB/s"] + Self.restHeader + ["of libzmq"])
    for outcome in outcomes {
      table.append([outcome.title] + Self.cells(outcome.ours, format: "%.2f") + [Self.ratio(outcome.ratio)])
      let peers = [("libzmq", outcome.libzmq)] + (outcome.encryptedLibzmq.map { [("libzmq, encrypted", $0)] } ?? [])
      for (name, peer) in peers {
        table.append(["\(outcome.title)  \(name)"] + Self.cells(peer, format: "%.2f") + [""])
      }
    }
    return ["", "Tensors between two processes, with one copy by the receiver"] + table.lines
      + ["over tcp, Tare's are encrypted (AES-GCM); libzmq's are not, or with its own CURVE"]
  }

  private var roundTripLines: [String] {
    guard let outcomes = result.roundTrips, !outcomes.isEmpty else { return [] }
    let hasPsLite = outcomes.contains { $0.psLite != nil }
    let columns = ["of libzmq"] + (hasPsLite ? ["of ps-lite"] : [])
    var table = TextTable(header: ["", "µs"] + Self.restHeader + columns)
    for outcome in outcomes {
      let ratios = [outcome.ratio, outcome.ratioToPsLite].prefix(columns.count).map { $0.map(Self.ratio) ?? "" }
      table.append([outcome.transport] + Self.cells(outcome.ours, format: "%.1f") + ratios)
      let peers = [("libzmq", outcome.libzmq)] + (outcome.psLite.map { [("ps-lite", $0)] } ?? [])
      for (name, peer) in peers {
        table.append(["\(outcome.transport)  \(name)"] + Self.cells(peer, format: "%.1f") + columns.map { _ in "" })
      }
    }
    return ["", "A gradient of 4 KB to a server and the weights back: the median round trip"] + table.lines
      + ["over tcp, Tare's is encrypted and the others' are not"]
  }

  private var checkpointLines: [String] {
    guard let outcome = result.checkpoint else { return [] }
    var table = TextTable(header: ["", "images/s"] + Self.restHeader)
    table.append(["\(outcome.network)  first half, while it is written"] + Self.cells(outcome.whileWriting))
    table.append(["\(outcome.network)  second half"] + Self.cells(outcome.afterwards))
    return ["", "A checkpoint every \(outcome.every) steps, 2 workers + 1 server, batch \(outcome.batch)"] + table.lines
      + ["cost of a checkpoint: \(outcome.cost.text(unit: "% of \(outcome.every) steps", scale: 100))"]
  }

  private var reportLines: [String] {
    guard let outcome = result.report else { return [] }
    let (metrics, page) = (Double(outcome.metricsBytes) / 1e6, Double(outcome.pageBytes) / 1e6)
    return [
      "", "report of \(outcome.runs) runs, \(outcome.loggedSteps) logged steps, \(outcome.layers) layers",
      String(
        format: "%.0f MB of metrics; built in %.2f s (%.2f to %.2f); a page of %.1f MB", metrics,
        outcome.seconds.median, outcome.seconds.min, outcome.seconds.max, page),
      String(
        format: "read again when two runs have logged: %.2f s (%.2f to %.2f)", outcome.again.median, outcome.again.min,
        outcome.again.max),
    ]
  }

  private var launchLines: [String] {
    guard let outcome = result.launch else { return [] }
    let lines = [("launch", outcome.launch), ("a step and its evaluation", outcome.step)].map { name, difference in
      "\(name) \(difference.text(unit: "ms"))"
    }
    return ["", "Overhead of a run of a sweep in threads, \(outcome.network) on images of 28 × 28"]
      + lines
  }

  private var stragglerLines: [String] {
    guard let outcomes = result.straggler, let first = outcomes.first else { return [] }
    var table = TextTable(header: ["", "images/s"] + Self.restHeader + ["of 1.5 workers"])
    for outcome in outcomes {
      table.append(["\(outcome.network)  1 worker"] + Self.cells(outcome.oneWorker) + [""])
      for mode in outcome.modes {
        table.append(
          ["\(outcome.network)  2 workers, \(mode.name)"] + Self.cells(mode.twoWorkers)
            + [Self.percent(mode.ratioToOneAndAHalf)])
      }
    }
    let (pause, period) = (Self.whole(first.pause * 1000), Self.whole(first.pause * 2000))
    return ["", "A straggler: one of two workers is stopped for \(pause) ms of every \(period)"] + table.lines
  }

  private var breakdownLines: [String] {
    guard let outcomes = result.breakdown, let first = outcomes.first else { return [] }
    let works = Work.allCases.map(\.rawValue)
    var table = TextTable(header: ["", "ms"] + works)
    for outcome in outcomes {
      for thread in outcome.threads {
        table.append(
          ["\(outcome.network)  \(thread.title)", String(format: "%.2f", outcome.milliseconds.median)]
            + works.map { Self.share(thread.shares[$0]) })
      }
    }
    return ["", "A step of 2 workers + 1 server, batch \(first.batch), processes over ipc: what threads spend it on"]
      + table.lines
      + [
        "copy: images and changes of layout; wire: messages and the protocol; the sockets' own threads are not counted"
      ]
  }

  private var smallLines: [String] {
    guard let outcome = result.small else { return [] }
    var table = TextTable(header: ["", "images/s"] + Self.restHeader + ["µs a step", "of eager", "of compiled"])
    func microseconds(_ figure: MeasuredValue) -> String {
      String(format: "%.1f", Double(outcome.batch) / figure.median * 1e6)
    }
    let rows = [
      ("1 thread, no messages", outcome.oneThread), ("1 worker + 1 server, processes over ipc", outcome.processes),
      ("1 worker + 1 server, threads", outcome.threads),
    ]
    for (name, figure) in rows {
      table.append(
        [name] + Self.cells(figure) + [microseconds(figure)]
          + [.eager, .compiled].map { Self.ratio(outcome.ratio(of: figure, to: $0)) })
    }
    for torch in outcome.torch {
      table.append(
        ["PyTorch \(torch.version), \(torch.mode.rawValue), 1 thread"] + Self.cells(torch.imagesPerSecond)
          + [microseconds(torch.imagesPerSecond), "", ""])
    }
    return ["", "Small steps: \(outcome.network), batch \(outcome.batch) in one microbatch"] + table.lines
      + (outcome.torch.isEmpty ? [] : ["of eager, of compiled: images a second beside PyTorch, which loads none"])
  }

  private var scaleLines: [String] {
    guard let outcome = result.scale else { return [] }
    var table = TextTable(header: ["", "images/s"] + Self.restHeader + ["of 2 workers", "of no messages"])
    for size in outcome.sizes {
      table.append(
        [size.title] + Self.cells(size.imagesPerSecond)
          + [Self.percent(size.ratioToReference), size.ratioToThreads.map(Self.percent) ?? ""])
    }
    var steps = TextTable(header: ["parameters", "ms"] + Self.restHeader + ["ns a parameter", "with threads"])
    for step in outcome.steps {
      steps.append(
        ["\(step.parameters)"] + Self.cells(step.milliseconds, format: "%.3f")
          + [
            String(format: "%.2f", step.nanosecondsPerParameter),
            step.sharedMilliseconds.map { String(format: "%.3f", $0.median) } ?? "",
          ])
    }
    let idle = outcome.idle.map {
      String(
        format: "each of %d spare workers uses %.2f %% of a core (%.2f to %.2f)", $0.workers, $0.cores.median * 100,
        $0.cores.spread.min * 100, $0.cores.spread.max * 100)
    }
    return ["", "Scale: \(outcome.network), batch \(outcome.batch), processes over ipc"] + table.lines
      + ["of no messages: relative to as many threads as workers, which compute the same and send nothing"]
      + ["", "A step without computing: gradient to a server, momentum, weights back, over ipc"] + steps.lines
      + ["with threads: ms with one server thread per processor"]
      + (idle.map { [$0] } ?? [])
  }

  private var recoveryLines: [String] {
    guard let outcome = result.recovery else { return [] }
    var table = TextTable(header: ["", "s", "min", "max"])
    let rows = [
      ("fault-free", outcome.step), ("a worker killed", outcome.killed), ("a worker stopped", outcome.stopped),
    ]
    for (name, spread) in rows {
      table.append([name] + [spread.median, spread.min, spread.max].map { String(format: "%.3f", $0) })
    }
    return ["", "The step in which a worker is lost, \(outcome.network), \(outcome.workers) workers"] + table.lines
      + [
        "limit, heartbeat deadline + 2 steps: \(String(format: "%.3f", outcome.limit)) s: "
          + (outcome.holds ? "kept" : "NOT kept")
      ]
  }

  private static let restHeader = ["min", "max", "quiet rounds", "other load"]

  private static func cells(_ figure: MeasuredValue, format: String = "%.0f") -> [String] {
    [
      String(format: format, figure.median) + (figure.isQuiet ? "" : "*"), String(format: format, figure.spread.min),
      String(format: format, figure.spread.max), "\(figure.quietRounds) of \(figure.rounds)",
      String(format: "%.2f", figure.foreignLoad),
    ]
  }

  private static func whole(_ value: Double) -> String { String(format: "%.0f", value) }
  private static func ratio(_ value: Double?) -> String { value.map { String(format: "%.2f", $0) } ?? "" }
  private static func share(_ value: Double?) -> String { value.map { String(format: "%.1f %%", $0 * 100) } ?? "" }
  private static func percent(_ value: Double?) -> String { value.map { String(format: "%.0f %%", $0 * 100) } ?? "" }
}
