import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Machines with links of their own. A run ends with the bits of one that nothing disturbs, on one machine.
  @Suite("Network", .enabled(if: NetworkNamespaces.isPossible, "network namespaces need root and iproute2"))
  struct Network {
    private typealias Machine = NetworkedRun.Machine

    private static let steps = 200
    private static let run = "--steps \(steps) --join-deadline 150"
    private static let expected = Result { try NetworkedRun.expected(steps: steps) }

    private typealias Disturbed = () throws -> (NetworkedRun, begin: () throws -> Void, end: () throws -> Void)

    /// Runs side by side, each disturbed for `seconds` as soon as it trains.
    private func disturb(
      _ runs: [Disturbed], for seconds: Double,
      then check: (NetworkedRun) throws -> Void = { _ in }
    ) throws {
      let expected = try Self.expected.get()
      let disturbed = try runs.map { make in
        let (run, begin, end) = try make()
        try begin()
        return (run: run, end: end, until: ContinuousClock.now + .seconds(seconds))
      }
      for (_, end, until) in disturbed {
        // The time of the disturbance is what is tested; nothing is awaited.
        Thread.sleep(forTimeInterval: max(0, (until - ContinuousClock.now) / .seconds(1)))
        try end()
      }
      for (run, _, _) in disturbed {
        try run.expect(expected)
        try check(run)
      }
    }

    /// The link of one of the machines is cut.
    private static func cut(
      _ machine: Machine, of run: @escaping () throws -> NetworkedRun
    ) -> Disturbed {
      {
        let run = try run()
        return (run, { try run.network.cut(machine.rawValue) }, { try run.network.mend(machine.rawValue) })
      }
    }

    private static func byHand() throws -> NetworkedRun { try NetworkedRun(run) }

    private static func onHosts() throws -> NetworkedRun { try NetworkedRun("\(run) --workers 2", hosts: 3) }

    /// A server that comes back goes on with its state.
    private func expectNoRewind(_ run: NetworkedRun) { #expect(!run.log.contains("training continued"), "\(run.log)") }

    @Test("the coordinator's machine is gone; a copy of the run's folder goes on on another one, with the same bits")
    func otherCoordinator() throws {
      let expected = try Self.expected.get()
      let run = try NetworkedRun("\(Self.run) --set execution.checkpointEvery=20", hosts: 2)
      _ = try #require(run.waiting.process.waitForError(containing: "step 100/"))
      try run.network.cut(Machine.coordinator.rawValue)
      run.waiting.process.signal(SIGKILL)
      _ = run.waiting.process.finish()
      for member in run.members {
        member.signal(SIGKILL)
        _ = member.finish()
      }
      let copy = run.folder.file("copy")
      try FileManager.default.copyItem(atPath: run.folder.file("run"), toPath: copy)
      let resumed = try WaitingRun(
        resuming: copy, listen: "tcp://\(run.network.address(2)):0", through: run.network.script(2))
      let hosts = try [2, 3].map { try resumed.host("n\($0)", "--slots 1", through: run.network.script($0)) }
      let ending = resumed.process.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected)
      for host in hosts {
        #expect(host.finish().exitCode == 0)
        host.expectNothingLeft()
      }
    }

    @Test("the link of a worker, a server or the coordinator is cut for 1.5 s")
    func shortCuts() throws {
      try disturb(
        [Machine.worker, .server, .coordinator].map { Self.cut($0, of: Self.byHand) }, for: 1.5, then: expectNoRewind)
    }

    @Test("it is cut for so long that everybody on the other side is missed, and nobody starts anew")
    func longCuts() throws {
      try disturb(
        [Machine.worker, .server, .coordinator].map { Self.cut($0, of: Self.byHand) },
        for: TestSize.isProof ? 90 : 20, then: expectNoRewind)
    }

    @Test("a host with server and worker is cut off for longer than its lease, or gone for good; they run elsewhere")
    func hosts() throws {
      let gone: Disturbed = {
        let run = try Self.onHosts()
        return (
          run,
          {
            try run.network.cut(Machine.server.rawValue)
            for child in run.members[0].children { kill(child.id, SIGKILL) }
            run.members[0].signal(SIGKILL)
          }, {}
        )
      }
      try disturb([Self.cut(.server, of: Self.onHosts), gone], for: TestSize.isProof ? 90 : 12) { run in
        #expect(run.log.contains("host n2 was lost: no message for 10 s"), "\(run.log)")
        #expect(run.log.contains("training continued from step"), "\(run.log)")
        // Processes of a host that was lost do not come back only to be ended.
        #expect(!run.log.contains("has already joined"), "\(run.log)")
      }
    }

    @Test("nothing gets to a worker or server for 8 s, or nothing gets away from it")
    func oneWay() throws {
      let runs = [Machine.worker, .server].flatMap { machine in
        [
          {
            let (run, index) = (try Self.byHand(), machine.rawValue)
            return (run, { try run.network.deafen(index) }, { try run.network.undeafen(index) })
          },
          {
            let (run, index) = (try Self.byHand(), machine.rawValue)
            return (run, { try run.network.silence(index) }, { try run.network.unsilence(index) })
          },
        ] as [Disturbed]
      }
      var logs: [String] = []
      try disturb(runs, for: 8) { run in
        expectNoRewind(run)
        logs.append(run.log)
      }
      // Who hears nothing is still heard for a while, and may not be missed at all.
      let noticed = logs.filter { log in ["lost", "is missed"].contains { log.contains(" \($0): no message for ") } }
      #expect(noticed.count >= 2, "\(logs)")
    }

    @Test("links of 100 Mbit/s")
    func bandwidth() throws {
      // At most four steps a second.
      let steps = 20
      let run = try NetworkedRun("--steps \(steps)", workers: 2, preparing: { try $0.limit(to: "100mbit") })
      try run.expect(try NetworkedRun.expected(steps: steps))
      expectNoRewind(run)
    }

    @Test("links with a delay of 10 ms that lose 2 % of all frames")
    func delayAndLoss() throws {
      let steps = 60
      let run = try NetworkedRun("--steps \(steps)", workers: 2, quality: (delay: 0.01, loss: 0.02))
      try run.expect(try NetworkedRun.expected(steps: steps))
      expectNoRewind(run)
    }

    @Test("IPv6 alone, and both kinds of addresses at once")
    func addresses() throws {
      let steps = 40
      let expected = try NetworkedRun.expected(steps: steps)
      let new = try NetworkedRun(
        "--steps \(steps) --workers 2", hosts: 3, listen: { "tcp://[\($0.address6(1))]:0" })
      let line = try new.waiting.printed("host").arguments.joined(separator: " ")
      #expect(line.contains("tcp://[\(new.network.address6(1))]:"), "\(line)")
      try new.expect(expected)
      let both = try NetworkedRun("--steps \(steps) --workers 2", hosts: 3, listen: { _ in "tcp://[::]:0" })
      let lines = try both.waiting.printed("host").arguments.joined(separator: " ")
      #expect(lines.contains("tcp://[\(both.network.address6(1))]:"), "\(lines)")
      #expect(lines.contains("tcp://\(both.network.address(1)):"), "\(lines)")
      try both.expect(expected)
    }

    @Test("a machine that is ten times slower")
    func slow() throws {
      let steps = 60
      let run = try NetworkedRun("--steps \(steps)", workers: 2)
      run.members[1].slowDown()
      try run.expect(NetworkedRun.expected(steps: steps))
    }

    @Test(
      "machines whose clocks are a day off",
      .enabled(if: FileManager.default.fileExists(atPath: clock), "libfaketime is not installed"))
    func clockOff() throws {
      let variables = ["LD_PRELOAD": Self.clock, "FAKETIME": "+1d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"]
      let run = try NetworkedRun(Self.run, variables: variables)
      try run.expect(Self.expected.get())
      #expect(!run.log.contains("lost"), "\(run.log)")
    }

    private static let clock = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"

    @Test("the coordinator's name stops resolving while its members train")
    func namesGone() throws {
      let folder = try TemporaryFolder()
      let names = folder.file("hosts")
      let run = try NetworkedRun(Self.run, names: names)
      // In place: the machines have the file itself.
      let file = try FileHandle(forWritingTo: URL(filePath: names))
      try file.truncate(atOffset: 0)
      try run.network.cut(Machine.worker.rawValue)
      Thread.sleep(forTimeInterval: 1)
      try run.network.mend(Machine.worker.rawValue)
      try run.expect(Self.expected.get())
    }

    @Test("a record of all packets holds neither keys nor weights")
    func capture() throws {
      let steps = 40
      var recorders: [PacketRecorder] = []
      let run = try NetworkedRun("--steps \(steps)", workers: 2) { network in
        recorders = try [Machine.coordinator, .server].map { try PacketRecorder(on: network.port($0.rawValue)) }
      }
      struct JoinFile: Decodable { let key: String }
      let file = Data(try run.folder.read("run/join.json"))
      let keys = try ["host", "worker"].compactMap { try run.waiting.printed($0).variables["TARE_KEY"] }
      let key = try JSONDecoder().decode(JoinFile.self, from: file).key
      #expect(keys.count == 2 && keys.contains(key))
      try run.expect(try NetworkedRun.expected(steps: steps))
      let record = recorders.map(\.bytes).reduce(Data(), +)
      // It is a record of this run.
      #expect(record.count > 1 << 20 && record.range(of: Data("CURVE".utf8)) != nil)
      for key in keys {
        let bytes = stride(from: 0, to: 32, by: 2).compactMap { UInt8(key.dropFirst($0).prefix(2), radix: 16) }
        #expect(bytes.count == 16)
        #expect(record.range(of: Data(key.utf8)) == nil && record.range(of: Data(bytes)) == nil)
      }
      let weights = try [0, steps].flatMap { step in
        let path = "run/checkpoints/step-\(step)/weights.safetensors"
        return try PlainSafeTensors(Data(run.folder.read(path))).beginnings
      }
      #expect(weights.count >= 4)
      for tensor in weights { #expect(record.range(of: tensor) == nil) }
    }

    @Test("an interface that leads nowhere, the same bridge of containers everywhere, an own name that is 127.0.1.1")
    func manyInterfaces() throws {
      let (folder, name) = (try TemporaryFolder(), ProcessInfo.processInfo.hostName)
      try Data("127.0.0.1 localhost\n127.0.1.1 \(name)\n".utf8).write(to: URL(filePath: folder.file("hosts")))
      let run = try NetworkedRun(
        "\(Self.run) --workers 2", hosts: 3, listen: { _ in "tcp://0.0.0.0:0" }, names: folder.file("hosts")
      ) { network in
        try network.addInterface("dead0", "10.9.9.9/24", to: 1)
        for index in 1...4 { try network.addInterface("docker0", "172.17.0.1/16", to: index) }
      }
      let line = try run.waiting.printed("host").arguments.joined(separator: " ")
      // Both that others might reach, by number: names may mean something else elsewhere.
      #expect(line.contains("tcp://10.9.9.9:") && line.contains("tcp://\(run.network.address(1)):"), "\(line)")
      #expect(!line.contains("172.17.") && !line.contains("127.0.") && !line.contains("//\(name):"), "\(line)")
      try run.expect(Self.expected.get())
    }
  }
}
