import Failures
import Foundation
import Parameters
import Reports
import Simulation
import Terminal

/// What `tare simulate --network` prints and draws.
struct ClusterReport: Encodable {
  let network: String
  let parameters: Int
  /// Of each host's link.
  let link: ClusterNetwork
  let wire: WireFormat
  let stragglers: ClusterPlan.Stragglers?
  let costs: ClusterCosts
  /// That all processes share.
  let cores: Int?
  /// For each number of workers; all that was simulated, if that was emulated.
  let best: [ClusterFindings]
  /// All that was simulated.
  let tried: [ClusterFindings]
  /// By real processes, in the order of `best`; `nil` without --emulate.
  let measured: [ClusterMeasurement]?

  var lines: [String] {
    let step = measured == nil ? ["STEP"] : ["SIMULATED", "MEASURED", "DIFFERENCE"]
    var table = TextTable(
      header: ["WORKERS", "SERVERS", "MICROBATCHES"] + step + [
        "IMAGES/S", "EFFICIENCY", "BUSIEST LINK", "COORDINATOR", "WORKER", "SERVER", "NETWORK", "COORD.", "BOTTLENECK",
      ])
    for (index, row) in best.enumerated() {
      let measured = measured?[index]
      table.append(
        [
          "\(row.workers)", "\(row.servers)", "\(row.microbatches)",
          Self.time(measured?.simulatedStepSeconds ?? row.stepSeconds),
        ]
          + (measured.map { [Self.time($0.stepSeconds), String(format: "%+.1f %%", $0.difference * 100)] } ?? []) + [
            String(format: "%.0f", row.imagesPerSecond), Self.percent(row.efficiency), Self.bytes(row.busiestLinkBytes),
            "\(Self.bytes(row.coordinatorBytes))",
          ] + [row.workerUse, row.serverUse, row.networkUse, row.coordinatorUse].map(Self.percent)
          + [row.bottleneck.rawValue])
    }
    return head + [""] + table.lines + [""] + tail
  }

  private var head: [String] {
    let slow = stragglers.map {
      "; \(Numbers.short($0.share * 100)) % of the steps of workers take \(Numbers.short($0.factor)) times as long"
    }
    return [
      "\(network), \(parameters) parameters; links of \(Self.rate(link.bytesPerSecond)), "
        + "latency \(Self.time(link.latencySeconds))\(slow ?? "")"
        + (cores.map { "; all processes share \(counted($0, "core"))" } ?? ""),
      "costs: --microbatch-time \(Self.time(costs.microbatchSeconds)) --sum-rate \(Self.rate(costs.sumBytesPerSecond)) "
        + "--update-rate \(Self.rate(costs.updateBytesPerSecond)) --message-time \(Self.time(costs.messageSeconds)) "
        + "--seal-rate \(Self.rate(costs.sealBytesPerSecond)) "
        + "--socket-rate \(Self.rate(costs.socketBytesPerSecond)) --local-rate \(Self.rate(costs.localBytesPerSecond))",
    ]
  }

  private var tail: [String] {
    [
      "SERVERS: the fewest that are about the fastest; MICROBATCHES of a worker: the fewest with an efficiency of "
        + "\(Self.percent(ClusterSearch.goodEfficiency)), or the most efficient",
      "EFFICIENCY: images a second and worker, beside a worker and a server that are alone on one host",
      "BUSIEST LINK: bytes in a step, in its busier direction; COORDINATOR: bytes in a step for each worker",
      "WORKER, SERVER, NETWORK, COORD.: the part of a step in which the busiest of its kind works",
    ]
      + (measured == nil
        ? []
        : [
          "SIMULATED, MEASURED: the median step, and that of real processes that wait in place of computing; DIFFERENCE: of the simulated step, beside "
            + "the measured one",
          "The latency is not imposed on them: emulated links have their own.",
        ])
      + (best.contains { $0.repetitions > 0 }
        ? ["Workers sent requests again: a step takes longer than they wait for an answer."] : [])
  }

  /// Efficiency and use against the number of workers.
  var figure: Figure {
    func points(_ rows: [ClusterFindings], _ value: (ClusterFindings) -> Double) -> [Figure.Point] {
      rows.sorted { $0.workers < $1.workers }.map { Figure.Point(x: Double($0.workers), y: value($0)) }
    }
    let choices = Dictionary(grouping: tried, by: \.microbatches).sorted { $0.key < $1.key }
    let bySize = choices.map { count, rows in
      (count, Dictionary(grouping: rows, by: \.workers).values.compactMap(ClusterSearch.fewestServers))
    }
    func series(_ value: (ClusterFindings) -> Double) -> [Figure.Series] {
      bySize.enumerated().map { index, choice in
        Figure.Series(
          "\(choice.0) microbatch\(choice.0 == 1 ? "" : "es")", color: index, points: points(choice.1, value))
      }
    }
    let uses: [(String, (ClusterFindings) -> Double)] = [
      ("worker", \.workerUse), ("server", \.serverUse), ("network", \.networkUse), ("coordinator", \.coordinatorUse),
    ]
    let workers = Figure.Axis("workers", logarithmic: true)
    return Figure(
      id: "cluster", title: "\(network) on a simulated cluster, links of \(Self.rate(link.bytesPerSecond))",
      caption: "Time of a step and efficiency with the best number of servers, for each number of microbatches of a "
        + "worker; and what of a step the busiest worker, server, link and the coordinator work, for the best number.",
      x: workers, y: Figure.Axis("step, s", logarithmic: true),
      panels: [
        Figure.Panel("step", series: series(\.stepSeconds)),
        Figure.Panel(
          "efficiency", series: series { $0.efficiency * 100 }, y: Figure.Axis("efficiency, %")),
        Figure.Panel(
          "use",
          series: uses.enumerated().map { index, use in
            Figure.Series(
              use.0, color: bySize.count + index, points: points(best) { use.1($0) * 100 }, line: .dashed)
          }, y: Figure.Axis("part of a step, %")),
      ])
  }

  private static func percent(_ fraction: Double) -> String { String(format: "%.1f %%", fraction * 100) }

  /// As the flags take it.
  private static func time(_ seconds: Double) -> String {
    if seconds < 1e-3 { return Numbers.short(seconds * 1e6) + "us" }
    return seconds < 1 ? Numbers.short(seconds * 1e3) + "ms" : Numbers.short(seconds) + "s"
  }

  private static func rate(_ bytesPerSecond: Double) -> String {
    bytesPerSecond < 1e9
      ? Numbers.short(bytesPerSecond * 1e-6) + "MB/s" : Numbers.short(bytesPerSecond * 1e-9) + "GB/s"
  }

  private static func bytes(_ count: Double) -> String {
    count < 1e4
      ? String(format: "%.0f B", count)
      : count < 1e6 ? String(format: "%.0f kB", count * 1e-3) : String(format: "%.1f MB", count * 1e-6)
  }
}
