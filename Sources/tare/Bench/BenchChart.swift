import Benchmarks
import Failures
import Parameters
import Records
package import Reports
import Terminal

/// What `tare bench --figure` draws: each figure beside its limit or beside another program, what a step's time is spent on, and how
/// runs scale.
package struct BenchChart {
  private let result: BenchResult

  package init(_ result: BenchResult) { self.result = result }

  package var figure: BarFigure {
    var ratios = BarFigure.Ratios(
      "times as good as what it is compared with; whiskers from the least to the greatest round",
      kinds: ["beside what bounds it", "beside another program"])
    ratios.bars = bars
    var shares = BarFigure.Shares(
      "part of a thread's time in a step, %", parts: Self.works.map(\.rawValue), rest: Work.wait.rawValue)
    shares.rows = (result.breakdown ?? []).flatMap { found in
      found.threads.map { thread in
        .init(
          "\(found.network)  \(thread.title)",
          shares: Self.works.map { thread.shares[$0.rawValue, default: 0] })
      }
    }
    return BarFigure(
      title: "tare \(result.tare) on \(result.host.cpuModel), \(counted(result.host.cores, "processor"))",
      caption: "Medians over rounds that took turns. A bar to the right of 1 is better than what it is compared with.",
      ratios: ratios, shares: shares, curves: result.scale.map(Self.curves))
  }

  private static let works = Work.allCases.filter { $0 != .wait }

  private var bars: [BarFigure.Bar] {
    var bars: [BarFigure.Bar] = []
    /// - Parameter other: of the same unit.
    func add(
      _ name: String, _ kind: Kind, _ ours: Spread, of other: Double, _ isBetter: BenchFigure.Direction = .higher
    ) {
      let values =
        isBetter == .higher
        ? (ours.median / other, ours.min / other, ours.max / other)
        : (other / ours.median, other / ours.max, other / ours.min)
      guard values.0.isFinite, values.0 > 0 else { return }
      bars.append(.init(name, kind: kind.rawValue, value: values.0, low: values.1, high: values.2))
    }
    for found in result.step ?? [] {
      if let products = found.products {
        add("step \(found.title), of its products", .limit, found.ours.spread, of: products.median)
      }
      if let torch = found.torch.map(\.imagesPerSecond.median).max() {
        add("step \(found.title), of PyTorch", .peer, found.ours.spread, of: torch)
      }
    }
    for found in result.system ?? [] {
      add("system \(found.network), of no messages", .limit, found.twoWorkers.spread, of: found.twoThreads.median)
      if let inStep = found.twoThreadsInStep {
        add("system \(found.network), of no messages in step", .limit, found.twoWorkers.spread, of: inStep.median)
      }
      if let ddp = found.ddp {
        add("system \(found.network), of PyTorch DDP", .peer, ddp.ours.spread, of: ddp.imagesPerSecond.median)
      }
    }
    for found in result.memory ?? [] {
      guard let server = found.server, let spread = Spread(of: [server.peakResidentMB]) else { continue }
      add("memory of a server, \(found.network) on \(found.dataset)", .limit, spread, of: server.limitMB, .lower)
      guard let worker = found.worker, let torch = worker.torch, let spread = Spread(of: [worker.peakResidentMB])
      else { continue }
      let name = "memory of a worker, \(found.network) on \(found.dataset), of PyTorch"
      add(name, .peer, spread, of: torch.peakResidentMB, .lower)
    }
    for found in result.update ?? [] {
      // In bytes a second, as more move than by an addition.
      let pass = found.withoutMetrics
      let bytes = pass.gigabytesPerSecond / found.add.gigabytesPerSecond
      let name = "update \(found.rule), \(Self.millions(found.parameters)), of add"
      add(name, .limit, pass.milliseconds.spread, of: bytes * pass.milliseconds.median, .lower)
    }
    for found in result.goodput ?? [] {
      add("goodput \(found.title), of libzmq", .peer, found.ours.spread, of: found.libzmq.median)
    }
    for found in result.roundTrips ?? [] {
      let name = "round trip over \(found.transport)"
      add("\(name), of libzmq", .peer, found.ours.spread, of: found.libzmq.median, .lower)
      if let peer = found.psLite { add("\(name), of ps-lite", .peer, found.ours.spread, of: peer.median, .lower) }
    }
    for found in result.straggler ?? [] {
      for mode in found.modes {
        add(
          "straggler \(found.network), \(mode.name)", .limit, mode.twoWorkers.spread, of: 1.5 * found.oneWorker.median)
      }
    }
    if let found = result.checkpoint {
      add("checkpoint, of none", .limit, found.whileWriting.spread, of: found.afterwards.median)
    }
    if let found = result.small {
      let rows = [("1 thread", found.oneThread), ("processes", found.processes), ("threads", found.threads)]
      for (name, figure) in rows {
        for torch in found.torch {
          add(
            "small \(found.network), \(name), of PyTorch \(torch.mode.rawValue)", .peer, figure.spread,
            of: torch.imagesPerSecond.median)
        }
        if figure != found.oneThread {
          add("small \(found.network), \(name), of 1 thread", .limit, figure.spread, of: found.oneThread.median)
        }
      }
    }
    return bars
  }

  /// Into the legend.
  private enum Kind: Int { case limit, peer }

  private static func millions(_ parameters: Int) -> String {
    "\(Numbers.short((Double(parameters) * 1e-5).rounded() / 10))M"
  }

  private static func point(_ x: Int, _ figure: MeasuredValue, of unit: Double = 1) -> Figure.Point {
    let spread = figure.spread
    return Figure.Point(x: Double(x), y: spread.median / unit, low: spread.min / unit, high: spread.max / unit)
  }

  private static func curves(_ scale: ScaleBenchmark.Findings) -> Figure {
    let reference = scale.reference.median
    let servers = Set(scale.sizes.map(\.servers)).sorted()
    let speeds = servers.enumerated().map { index, count in
      Figure.Series(
        counted(count, "server"), color: index,
        points: scale.sizes.filter { $0.servers == count }.map {
          point($0.workers, $0.imagesPerSecond, of: reference)
        })
    }
    let limit = Figure.Series(
      "threads without messages", color: servers.count + 1,
      points: scale.sizes.filter { $0.servers == servers.first }.compactMap { size in
        size.threads.map { point(size.workers, $0, of: reference) }
      })
    let steps = Figure.Series(
      "a step's messages and update", color: servers.count,
      points: scale.steps.map { point($0.parameters, $0.milliseconds) })
    let shared = Figure.Series(
      "the same with a server thread for each processor", color: servers.count + 2,
      points: scale.steps.compactMap { step in
        step.sharedMilliseconds.map { point(step.parameters, $0) }
      })
    let workers = Figure.Axis("workers", logarithmic: true)
    let speed = Figure.Axis("images/s, beside 2 workers + 1 server")
    return Figure(
      id: "scale", title: "Scale: \(scale.network), batch \(scale.batch)",
      caption:
        "Speed of runs, and of as many threads as they have workers but no messages, relative to two workers and one server; "
        + "the time of a step's messages and update.",
      x: workers, y: speed,
      panels: [
        Figure.Panel("speed", series: speeds + (limit.points.isEmpty ? [] : [limit]), x: workers, y: speed),
        Figure.Panel(
          "a step without computing", series: [steps] + (shared.points.isEmpty ? [] : [shared]),
          x: Figure.Axis("parameters", logarithmic: true), y: Figure.Axis("ms", logarithmic: true)),
      ])
  }
}
