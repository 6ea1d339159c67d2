import Foundation
import TestSupport
import Testing
import Transport

extension EndToEnd {
  /// Machines that agents offer, on one machine.
  @Suite("Hosts")
  struct Hosts {
    private static let run =
      "--network mlp --steps 120 --microbatch 16 --workers 3 --set execution.metricsEvery=1 "
      + "--set execution.evaluateEvery=40"

    @Test("two agents run what the coordinator places, with the same bits, and leave nothing")
    func twoHosts() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.run, in: folder.file("expected")).ending.weightsSHA256
      let waiting = try WaitingRun(Self.run, output: folder.file("run"))
      let hosts = [try waiting.host("a", "--slots 1"), try waiting.host("b", "--slots 2")]
      let ending = waiting.process.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected)
      for host in hosts {
        let left = host.finish()
        #expect(left.exitCode == 0, "\(left.errors)")
        host.expectNothingLeft()
      }
      let log = String(decoding: try folder.read("run/log.txt"), as: UTF8.self)
      #expect(log.contains("host a joined: 1 slot") && log.contains("host b joined: 2 slots"))
    }

    @Test("a member that is killed is reported at once with its host, and the bits are the same")
    func killedMember() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.run, in: folder.file("expected")).ending.weightsSHA256
      let waiting = try WaitingRun(Self.run, output: folder.file("run"))
      let host = try waiting.host("only", "--slots 3")
      _ = try #require(waiting.process.waitForError(containing: "step 1/"))
      let worker = try #require(host.children.first { $0.name == "worker 1" })
      kill(worker.id, SIGKILL)
      let ending = waiting.process.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected)
      #expect(ending.errors.contains("worker 1 lost: signal 9, on host only"), "\(ending.errors)")
      #expect(host.finish().exitCode == 0)
      host.expectNothingLeft()
    }

    @Test("a host that is gone for good takes its processes along; they run elsewhere, with the same bits")
    func lostHost() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.run, in: folder.file("expected")).ending.weightsSHA256
      let waiting = try WaitingRun(Self.run, output: folder.file("run"))
      let first = try waiting.host("first", "--slots 3")
      _ = try #require(waiting.process.waitForError(containing: "step 1/"))
      let second = try waiting.host("second", "--slots 3")
      let members = first.children
      first.signal(SIGKILL)
      _ = first.finish()
      for member in members { #expect(member.waitForEnd(within: Deadline.event), "\(member.name) outlived its agent") }
      let ending = waiting.process.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected)
      #expect(second.finish().exitCode == 0)
      second.expectNothingLeft()
    }

    @Test("Ctrl-C at the coordinator ends every agent and every process, and the run can be resumed")
    func interrupted() throws {
      let folder = try TemporaryFolder()
      let waiting = try WaitingRun(Self.run + " --steps 1000000", output: folder.file("run"))
      let host = try waiting.host("a", "--slots 3")
      _ = try #require(waiting.process.waitForError(containing: "step 1/"))
      waiting.process.signal(SIGINT)
      #expect(waiting.process.finish().exitCode == 130)
      #expect(host.finish().exitCode == 0)
      host.expectNothingLeft()
    }

    @Test("a key of another run, a second host of one name and bad words are refused in one sentence")
    func refusals() throws {
      let folder = try TemporaryFolder()
      let waiting = try WaitingRun(Self.run, output: folder.file("run"))
      let stranger = try waiting.printed("host").start(["--name", "x"], variables: ["TARE_KEY": RunKey().text])
      let refused = stranger.finish()
      #expect(refused.exitCode == 69)
      #expect(refused.errors.contains("does not accept this key: it belongs to another run"), "\(refused.errors)")
      for (option, words) in [
        ("--slots 0", "--slots is 0; accepted: 1 to 1024"), ("--patience 0", "--patience is 0"),
        ("--rejoin-deadline 0", "--rejoin-deadline is 0"),
      ] {
        let ending = try waiting.host("y", option).finish()
        #expect(ending.exitCode == 64 && ending.errors.contains(words), "\(ending.errors)")
      }
      let first = try waiting.host("twin", "--slots 1")
      _ = try #require(waiting.process.waitForLog("host twin joined", in: folder.file("run/log.txt")))
      let second = try waiting.host("twin", "--patience 3").finish()
      #expect(second.exitCode == 75 && second.errors.contains("there is a host twin already"), "\(second.errors)")
      waiting.process.signal(SIGTERM)
      _ = waiting.process.finish()
      _ = first.finish()
      first.expectNothingLeft()
    }

    @Test("this machine alone, by --hosts")
    func localhost() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.run, in: folder.file("expected")).ending.weightsSHA256
      let ending = try TareProcess.run(
        SmallRun.arguments("\(Self.run) --hosts localhost:3", output: folder.file("run")))
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected)
    }

    @Test("an agent whose run is killed leaves nothing, not even a worker that is stopped")
    func killedRun() throws {
      let folder = try TemporaryFolder()
      let process = try TareProcess(
        SmallRun.arguments("\(Self.run) --steps 1000000 --hosts localhost:3", output: folder.file("run")))
      defer { for child in process.children { kill(child.id, SIGKILL) } }
      _ = try #require(process.waitForError(containing: "step 1/"))
      let members = process.children
      let worker = try #require(members.first { $0.name == "worker 1" })
      kill(worker.id, SIGSTOP)
      process.signal(SIGKILL)
      _ = process.finish()
      for member in members { #expect(member.waitForEnd(within: Deadline.event), "\(member.arguments) is left") }
    }

    @Test("fewer slots than the run takes end it with the count")
    func fewSlots() throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(
        SmallRun.arguments("\(Self.run) --hosts localhost:2", output: folder.file("run")))
      #expect(ending.exitCode == 69)
      #expect(ending.errors.contains("tare: no room: 2 of 2 slots on 1 host are taken\n"), "\(ending.errors)")
    }
  }
}

extension TareProcess {
  /// Waits until the file contains `text`; `nil` if the process ended or the deadline passed before.
  func waitForLog(_ text: String, in path: String, within deadline: Double = Deadline.event) -> String? {
    let last = ContinuousClock.now + .seconds(deadline)
    while isRunning, ContinuousClock.now < last {
      let content = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
      if content.contains(text) { return content }
      sched_yield()
    }
    return nil
  }
}
