import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Machines that know each other by keys that they keep; here all are this one.
  @Suite("Host keys")
  struct HostKeys {
    private static let run =
      "--network mlp --steps 60 --microbatch 16 --workers 3 --set execution.metricsEvery=1 "
      + "--set execution.evaluateEvery=40"

    /// A machine's file, as `tare keygen` makes it, and its line for the files of others.
    private struct Machine {
      let path: String
      let line: String

      init(_ name: String, in folder: TemporaryFolder) throws {
        path = folder.file("\(name).keys")
        let ending = try TareProcess.run(["keygen", "--host", path, "--name", name])
        try #require(ending.exitCode == 0, "\(ending.errors)")
        line = ending.output
        #expect(line.wholeMatch(of: /[a-z0-9]+ tare-x25519 [0-9a-f]{64}\n/) != nil, "\(line)")
      }

      var text: String {
        get throws { String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self) }
      }

      var secret: String {
        get throws { try String(#require(text.firstMatch(of: /tare-x25519-secret ([0-9a-f]{64})/)).1) }
      }

      func trust(_ others: Machine...) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        for other in others { try handle.write(contentsOf: Array(other.line.utf8)) }
      }

      func distrust(_ other: Machine) throws {
        try Data(text.replacing(other.line, with: "").utf8).write(to: URL(filePath: path))
      }
    }

    private let folder: TemporaryFolder
    private let leader: Machine
    private let first: Machine
    private let second: Machine
    private let third: Machine

    init() throws {
      folder = try TemporaryFolder()
      (leader, first) = (try Machine("leader", in: folder), try Machine("first", in: folder))
      (second, third) = (try Machine("second", in: folder), try Machine("third", in: folder))
      try leader.trust(first, second)
      for machine in [first, third] { try machine.trust(leader) }
      // A machine may serve several leaders.
      try second.trust(third, leader)
    }

    private func lead(_ arguments: String = run, as output: String) throws -> (TareProcess, command: [String]) {
      let process = try TareProcess(
        SmallRun.arguments(
          "\(arguments) --launcher none --listen tcp://127.0.0.1:0 --keys \(leader.path)", output: folder.file(output)))
      let said = try #require(process.waitForError(containing: "--keys FILE\n"))
      #expect(!said.contains("TARE_KEY"), "\(said)")
      let line = try #require(said.split(separator: "\n").first { $0.contains("tare host --join") })
      return (process, line.split(separator: " ").dropFirst().dropLast().map(String.init))
    }

    private func host(_ machine: Machine, _ command: [String], _ options: String...) throws -> TareProcess {
      try TareProcess(command + [machine.path] + options.flatMap { $0.split(separator: " ").map(String.init) })
    }

    @Test("two listed hosts train the same bits, no secret is copied or shown, and an unlisted one is refused")
    func listed() throws {
      let expected = try SmallRun(Self.run, in: folder.file("expected")).ending.weightsSHA256
      let (process, command) = try lead(as: "run")
      let refused = try host(third, command).finish()
      #expect(refused.exitCode == 69)
      let own = third.line.dropLast()
      #expect(
        refused.errors.contains("leader at tcp://127.0.0.1:") && refused.errors.contains("does not list this machine")
          && refused.errors.contains("\"\(own)\""), "\(refused.errors)")
      let hosts = [try host(first, command, "--slots 1"), try host(second, command, "--slots 2")]
      _ = try #require(process.waitForError(containing: "step 1/"))
      let secrets = try [leader, first, second, third].map { try $0.secret }
      let processes = ([process] + hosts).flatMap { [$0.id] + $0.children.map(\.id) }
      #expect(processes.count == 3 + 4)
      for id in processes {
        for file in ["cmdline", "environ"] {
          let text = FileManager.default.contents(atPath: "/proc/\(id)/\(file)") ?? Data()
          for secret in secrets { #expect(text.range(of: Data(secret.utf8)) == nil, "\(file) of \(id)") }
        }
      }
      let ending = process.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected)
      for host in hosts {
        let left = host.finish()
        #expect(left.exitCode == 0, "\(left.errors)")
        host.expectNothingLeft()
      }
      let log = String(decoding: try folder.read("run/log.txt"), as: UTF8.self)
      #expect(log.contains("host first joined: 1 slot") && log.contains("host second joined: 2 slots"), "\(log)")
      let key = third.line.split(separator: " ")[2].dropLast()
      #expect(log.contains("refused a machine at 127.0.0.1, whose key \(key) is not listed"), "\(log)")
      for case let name as String in FileManager.default.enumerator(atPath: folder.file("run")) ?? .init() {
        let content = FileManager.default.contents(atPath: folder.file("run/\(name)")) ?? Data()
        for secret in secrets { #expect(content.range(of: Data(secret.utf8)) == nil, "\(name)") }
      }
    }

    @Test("a host whose line is removed serves the run no more when that goes on")
    func revoked() throws {
      let (process, command) = try lead(Self.run + " --steps 1000000", as: "run")
      let served = [try host(first, command, "--slots 2"), try host(second, command, "--slots 1")]
      _ = try #require(process.waitForError(containing: "step 1/"))
      process.signal(SIGINT)
      #expect(process.finish().exitCode == 130)
      for host in served { #expect(host.finish().exitCode == 0) }
      try leader.distrust(second)
      let again = try TareProcess(["train", "--json", "--resume", folder.file("run")])
      let said = try #require(again.waitForError(containing: "--keys FILE\n"))
      let line = try #require(said.split(separator: "\n").first { $0.contains("tare host --join") })
      let next = line.split(separator: " ").dropFirst().dropLast().map(String.init)
      let refused = try host(second, next).finish()
      #expect(refused.exitCode == 69 && refused.errors.contains("does not list this machine"), "\(refused.errors)")
      let welcome = try host(first, next, "--slots 3")
      _ = try #require(again.waitForErrors { $0.contains(/(?m)^step \d+\/1000000/) })
      again.signal(SIGINT)
      #expect(again.finish().exitCode == 130)
      #expect(welcome.finish().exitCode == 0)
      welcome.expectNothingLeft()
    }

    @Test("a host that lists other machines only gives the leader nothing")
    func anotherLeader() throws {
      let (process, command) = try lead(as: "run")
      try first.distrust(leader)
      try first.trust(second, third)
      let ending = try host(first, command).finish()
      #expect(ending.exitCode == 69)
      for name in ["second", "third"] {
        #expect(ending.errors.contains("does not hold the key of \(name)"), "\(ending.errors)")
      }
      process.signal(SIGTERM)
      _ = process.finish()
    }

    @Test("files and flags that make no sense are refused in one sentence, before anything is made")
    func refusals() throws {
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: first.path)
      let address = "tcp://127.0.0.1:1"
      for (words, sentence) in [
        ("keygen --host \(second.path)", "--host \(second.path) is there already"),
        ("keygen --name x", "--name is \"x\" without --host"),
        ("keygen --host \(folder.file("x")) --name a/b", "--name is \"a/b\"; accepted: 1 to 255 letters"),
        ("host --join \(address) --keys \(first.path)", "--keys \(first.path) has mode 0644"),
        ("host --join \(address) --keys \(second.path) --name x", "--name is \"x\", but with --keys"),
        ("host --join \(address) --keys \(second.path) --key-file y", "--key-file is y, but --keys"),
        (
          "train --launcher none --listen \(address) --output \(folder.file("run")) --keys \(first.path)",
          "--keys \(first.path) has mode 0644"
        ),
        (
          "train --output \(folder.file("run")) --keys \(second.path)",
          "execution.keys is \"\(second.path)\", but launcher \"processes\""
        ),
      ] {
        let ending = try TareProcess.run(words.split(separator: " ").map(String.init))
        #expect(ending.exitCode == 64 && ending.errors.contains(sentence), "\(words): \(ending.errors)")
        #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
      }
      #expect(try folder.names == ["first.keys", "leader.keys", "second.keys", "third.keys"])
    }
  }
}
