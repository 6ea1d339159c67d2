package import Benchmarks
import Failures
import Parameters

/// One of the numbers of `tare bench`, as two results are compared by it.
package struct BenchFigure: Hashable, Sendable {
  /// Part and subject, such as "step  conv3"; the same in every result that has the figure.
  package let name: String
  let unit: String
  let isBetter: Direction
  /// Over the rounds.
  let spread: Spread

  package enum Direction: Sendable { case higher, lower }

  package init(name: String, unit: String, isBetter: Direction, spread: Spread) {
    (self.name, self.unit, self.isBetter, self.spread) = (name, unit, isBetter, spread)
  }
}

extension BenchResult {
  /// Every figure that was measured in rounds.
  package var figures: [BenchFigure] {
    var figures: [BenchFigure] = []
    func add(_ name: String, _ unit: String, _ isBetter: BenchFigure.Direction, _ spread: Spread) {
      figures.append(BenchFigure(name: name, unit: unit, isBetter: isBetter, spread: spread))
    }
    for found in step ?? [] {
      add("step  \(found.title)", "images/s", .higher, found.ours.spread)
      if let products = found.products {
        add("step  \(found.title), its convolutions and dense layers alone", "images/s", .higher, products.spread)
      }
    }
    for found in system ?? [] {
      add("system  \(found.network), 2 workers + 1 server", "images/s", .higher, found.twoWorkers.spread)
      add("system  \(found.network), 1 worker + 1 server", "images/s", .higher, found.oneWorker.spread)
      add("system  \(found.network), 1 thread", "images/s", .higher, found.oneThread.spread)
      add("system  \(found.network), 2 workers without messages", "images/s", .higher, found.twoThreads.spread)
      if let inStep = found.twoThreadsInStep {
        add("system  \(found.network), 2 workers in step without messages", "images/s", .higher, inStep.spread)
      }
      if let ddp = found.ddp {
        let name = "system  \(found.network), 2 workers + 1 server, microbatches of \(ddp.microbatch)"
        add(name, "images/s", .higher, ddp.ours.spread)
      }
    }
    for found in straggler ?? [] {
      for mode in found.modes {
        add("straggler  \(found.network), \(mode.name)", "images/s", .higher, mode.twoWorkers.spread)
      }
    }
    for found in breakdown ?? [] {
      add("breakdown  \(found.network), a step", "ms", .lower, found.milliseconds.spread)
      for thread in found.threads {
        for work in Work.allCases {
          guard let spread = thread.milliseconds[work.rawValue], spread.max > 0 else { continue }
          add("breakdown  \(found.network), \(thread.title): \(work.rawValue)", "ms", .lower, spread)
        }
      }
    }
    if let found = small {
      add("small  \(found.network), 1 thread", "images/s", .higher, found.oneThread.spread)
      add("small  \(found.network), processes", "images/s", .higher, found.processes.spread)
      add("small  \(found.network), threads", "images/s", .higher, found.threads.spread)
    }
    if let found = scale {
      for size in found.sizes {
        add("scale  \(found.network), \(size.title)", "images/s", .higher, size.imagesPerSecond.spread)
      }
      for size in found.sizes where size.servers == found.sizes.first?.servers {
        guard let threads = size.threads else { continue }
        let name = "\(counted(size.workers, "thread")) without messages"
        add("scale  \(found.network), \(name)", "images/s", .higher, threads.spread)
      }
      for step in found.steps {
        let name = "scale  a step of \(step.parameters) parameters"
        add(name, "ms", .lower, step.milliseconds.spread)
        guard let shared = step.sharedMilliseconds else { continue }
        add("\(name), server threads", "ms", .lower, shared.spread)
      }
      if let idle = found.idle { add("scale  a spare worker", "cores", .lower, idle.cores.spread) }
    }
    for found in update ?? [] {
      let name = "update  \(found.rule), \(found.parameters) parameters"
      add("\(name), with metrics", "ms", .lower, found.withMetrics.milliseconds.spread)
      add(name, "ms", .lower, found.withoutMetrics.milliseconds.spread)
    }
    for found in messages ?? [] {
      add("messages  \(found.transport), a small one", "µs", .lower, found.microsecondsPerMessage.spread)
      add("messages  \(found.transport), tensors", "GB/s", .higher, found.gigabytesPerSecond.spread)
    }
    for found in goodput ?? [] {
      add("goodput  \(found.title)", "GB/s", .higher, found.ours.spread)
    }
    for found in roundTrips ?? [] { add("round trip  \(found.transport), 4 KB", "µs", .lower, found.ours.spread) }
    if let found = checkpoint {
      add("checkpoint  while it is written", "images/s", .higher, found.whileWriting.spread)
      add("checkpoint  afterwards", "images/s", .higher, found.afterwards.spread)
    }
    if let found = recovery {
      add("recovery  a fault-free step", "s", .lower, found.step)
      add("recovery  a worker killed", "s", .lower, found.killed)
      add("recovery  a worker stopped", "s", .lower, found.stopped)
    }
    if let found = report {
      add("report  \(found.runs) runs", "s", .lower, found.seconds)
      add("report  read again", "s", .lower, found.again)
    }
    if let found = launch {
      for (name, difference) in [("a run", found.launch), ("a step and its evaluation", found.step)] {
        let (value, margin) = (difference.value, difference.uncertainty ?? 0)
        guard let spread = Spread(of: [value - margin, value, value + margin]) else { continue }
        add("launch  \(name)", "ms", .lower, spread)
      }
    }
    return figures
  }
}

extension BreakdownBenchmark.ThreadShares {
  var title: String { "\(role) \(thread)" }
}

extension ScaleBenchmark.Size {
  var title: String { "\(counted(workers, "worker")) + \(counted(servers, "server"))" }
}

extension StepBenchmark.Findings {
  /// Network, and precision and microbatch where they are not the usual ones.
  var title: String {
    let precision = precision.flatMap { $0 == "float" ? nil : " \($0)" } ?? ""
    return network + precision + (microbatch == 32 ? "" : " in microbatches of \(microbatch)")
  }
}
