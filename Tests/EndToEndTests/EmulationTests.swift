import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// `tare simulate --emulate`: simulated clusters as real processes.
  @Suite("Emulation")
  struct Emulation {
    private static let costs =
      "--microbatch-time 5ms --sum-rate 24GB/s --update-rate 18GB/s --message-time 3us --seal-rate 3GB/s "
      + "--socket-rate 2GB/s --local-rate 3GB/s"
    private static let cluster =
      "simulate --network mlp --workers 2 --servers 1 --microbatches 1 --bandwidth 100Mbit --emulate \(costs)"

    private static let isPossible = NetworkNamespaces.isPossible

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    /// Interfaces of this namespace, and namespaces that have a name. Others may come and go meanwhile.
    private static func networks() throws -> Set<String> {
      let links = try FileManager.default.contentsOfDirectory(atPath: "/sys/class/net")
      let spaces = (try? FileManager.default.contentsOfDirectory(atPath: "/run/netns")) ?? []
      return Set((links + spaces).filter { !$0.hasPrefix("t") })
    }

    @Test(
      "two workers on links of 100 Mbit/s: a simulated and a measured step; no process, folder, link or namespace is left",
      .enabled(if: isPossible, "network namespaces need root and iproute2"))
    func twoWorkers() throws {
      let before = try Self.networks()
      let ending = try TareProcess.run(Self.words(Self.cluster) + ["--steps", "6", "--json"])
      #expect(ending.exitCode == 0, "\(ending.errors)")
      let measured = try #require(try ending.json["measured"] as? [[String: Any]])
      #expect(measured.count == 1)
      let row = try #require(measured.first)
      #expect((row["stepsSeconds"] as? [Double])?.count == 6)
      let (real, simulated) = (try #require(row["stepSeconds"] as? Double), row["simulatedStepSeconds"] as? Double)
      // What the link can't do: each worker's weights and gradient in less time than their bytes take.
      let parameters = try #require(try ending.json["parameters"] as? Double)
      #expect(real > 2 * 4 * parameters / 12.5e6 / 2)
      #expect(try abs(#require(row["difference"] as? Double) - (#require(simulated) / real - 1)) < 1e-9)
      #expect(try Self.networks().subtracting(before).isEmpty)
    }

    @Test(
      "a signal ends it, and all that it has made",
      .enabled(if: isPossible, "network namespaces need root and iproute2"), arguments: [SIGINT, SIGTERM, SIGKILL])
    func signals(number: Int32) throws {
      let process = try TareProcess(Self.words(Self.cluster) + ["--steps", "1000"])
      let limit = ContinuousClock.now + .eventDeadline
      // The members are there.
      while ContinuousClock.now < limit, !process.children.contains(where: { $0.arguments.contains("worker") }) {
        sched_yield()
      }
      process.signal(number)
      #expect(process.finish().exitCode == (number == SIGKILL ? -SIGKILL : 128 + number))
      if number == SIGKILL {
        while ContinuousClock.now < limit, !process.children.isEmpty { sched_yield() }
        #expect(process.children.isEmpty)
      } else {
        process.expectNothingLeft()
      }
    }

    @Test(
      "who may not make namespaces is told what it takes, before anything is made",
      .enabled(if: isPossible, "capabilities can be dropped only by who has them"))
    func privileges() throws {
      let ending = try TareProcess.run(
        Self.words(Self.cluster),
        through: "exec setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin \"$0\" \"$@\"")
      #expect(ending.exitCode == 69 && ending.output.isEmpty)
      #expect(ending.errors.contains("--emulate makes network namespaces"), "\(ending.errors)")
      #expect(ending.errors.contains("accepted: root") && ending.errors.split(separator: "\n").count == 1)
    }

    @Test(
      "flags that don't go together are refused",
      arguments: [
        ("simulate --emulate", "--emulate describes a cluster"),
        ("simulate --network mlp --emulate --servers 1 --microbatches 1", "--workers is not given"),
        ("simulate --network mlp --emulate --workers 1 --microbatches 1", "--servers is not given"),
        ("simulate --network mlp --emulate --workers 1 --servers 1", "--microbatches is not given"),
        (
          "simulate --network mlp --emulate --workers 1 --servers 1 --microbatches 1 --straggler 2%:3x",
          "--straggler is of the simulation alone"
        ),
        (
          "simulate --network mlp --emulate --workers 1 --servers 1 --microbatches 1 --figure a.svg",
          "--figure is of the simulation alone"
        ),
        ("simulate --network mlp --cores 0", "--cores is 0; accepted: 1 to 1024"),
        ("simulate --cores 2", "--cores describes a cluster"),
      ])
    func badInput(arguments: String, words: String) throws {
      let ending = try TareProcess.run(Self.words(arguments))
      #expect(ending.exitCode == 64)
      #expect(ending.errors.contains(words) && ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
    }

    @Test("workers that only emulate computing are no part of a run that is recorded")
    func notTrained() throws {
      let folder = try TemporaryFolder()
      let output = folder.file("run")
      let process = try TareProcess(
        SmallRun.arguments("--network mlp --steps 4", output: output), variables: ["TARE_EMULATED_MICROBATCH": "0.001"])
      let ending = process.finish()
      #expect(ending.exitCode == 69)
      #expect(ending.errors.contains("the workers only emulate computing"), "\(ending.errors)")
      #expect(!FileManager.default.fileExists(atPath: output))
      process.expectNothingLeft()
    }
  }
}
