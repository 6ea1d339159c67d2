import Foundation
import Messages
import TestSupport
import Testing
import Transport
import ZeroMQ

extension EndToEnd {
  /// Servers and workers that people start themselves.
  @Suite("By hand")
  struct ByHand {
    private static let run =
      "--network mlp --steps 100 --microbatch 16 --set execution.metricsEvery=1 "
      + "--set execution.evaluateEvery=50"

    /// A coordinator that waits, and what it told people to type.
    private struct Waiting {
      let process: TareProcess
      let server: [String]
      let worker: [String]
      /// The variables that the printed lines begin with.
      let variables: [String: String]

      init(_ arguments: String, output: String) throws {
        process = try TareProcess(
          SmallRun.arguments("\(arguments) --launcher none --listen tcp://127.0.0.1:0", output: output))
        let said = try #require(process.waitForError(containing: "tare worker --join "))
        func command(_ role: String) throws -> [String] {
          let line = try #require(said.split(separator: "\n").first { $0.contains(" tare \(role) ") })
          return line.split(separator: " ").dropFirst(2).prefix { !$0.hasPrefix("(") }.map(String.init)
        }
        (server, worker) = (try command("server"), try command("worker"))
        let line = try #require(said.split(separator: "\n").first { $0.contains(" tare worker ") })
        key = try #require(RunKey(text: String(line.split(separator: " ")[0].dropFirst("TARE_KEY=".count))))
        variables = ["TARE_KEY": key.text]
      }

      let key: RunKey

      func start(_ command: [String]) throws -> TareProcess { try TareProcess(command, variables: variables) }

      func option(_ name: String) throws -> String {
        let index = try #require(worker.firstIndex(of: name))
        return worker[index + 1]
      }
    }

    @Test("what is printed works, strangers and latecomers are refused by name, and the bits are the same")
    func printedCommands() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.run, in: folder.file("expected")).ending.weightsSHA256
      let waiting = try Waiting(Self.run, output: folder.file("run"))
      #expect(waiting.server.contains("--run") && !waiting.server.contains { $0.contains(waiting.key.text) })

      try expectVersionRefusal(waiting)
      let otherRun = waiting.worker.map { $0 == (try? waiting.option("--run")) ? "0123456789ab" : $0 }
      let wrongRun = try waiting.start(otherRun).finish()
      #expect(wrongRun.exitCode == 69)
      #expect(wrongRun.errors.contains("the worker was started for run 0123456789ab, but this is run"))
      let wrongKey = try TareProcess(waiting.worker, variables: ["TARE_KEY": RunKey().text]).finish()
      #expect(wrongKey.exitCode == 69)
      let address = try waiting.option("--join")
      #expect(wrongKey.errors == "tare: \(address) does not accept this key: it belongs to another run\n")

      let members = try [waiting.server, waiting.worker, waiting.worker].map(waiting.start)
      _ = try #require(waiting.process.waitForError(containing: "step 1/"))
      // One worker more is welcome, one server more is not.
      let late = try waiting.start(waiting.worker)
      let superfluous = try waiting.start(waiting.server).finish()
      #expect(superfluous.exitCode == 69)
      #expect(superfluous.errors == "tare: every rank is taken: the run has 1 server\n")

      let ending = waiting.process.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected)
      for member in members + [late] {
        let left = member.finish()
        #expect(left.exitCode == 0 && left.output.isEmpty && left.errors.isEmpty, "\(left.errors)")
      }
      let log = String(decoding: try folder.read("run/log.txt"), as: UTF8.self)
      for words in [
        "the message speaks protocol version \(Envelope.protocolVersion + 1)", "started for run 0123456789ab",
        "refused a connection with the key of another run",
        "every rank is taken: the run has 1 server",
      ] { #expect(log.contains(words), "\(words)") }
    }

    /// What a worker of another version might say first; the answer says why it is not heard.
    private func expectVersionRefusal(_ waiting: Waiting) throws {
      let session = waiting.key.session
      let hello = Hello(
        role: .worker, rank: nil, specHash: "", host: "here", processID: 1, threads: 1, incarnation: 1)
      var header = try Envelope(session: session, generation: 0, message: .hello(hello)).encoded()
      // Field 1, protocol_version, comes first.
      try #require(header[0] == 8 && header[1] == UInt8(Envelope.protocolVersion))
      header[1] += 1
      let context = try Context()
      let socket = try Socket(.dealer, in: context)
      let endpoint = try Endpoint(waiting.option("--join"))
      try socket.set(waiting.key.presented(to: endpoint))
      try socket.connect(to: endpoint)
      #expect(try socket.send(Frame(copying: header)))
      #expect(try Poller.wait(for: [socket.pollItem], timeout: .eventDeadline) == [0])
      let answer = try #require(try socket.receive()?.bytes)
      let envelope = try Envelope(decoding: unsafe answer.span.bytes, payloadByteCount: nil, session: session)
      guard case .refused(let refused) = envelope.message else {
        Issue.record("the answer is \(envelope.message)")
        return
      }
      #expect(refused.exitCode == 69)
      let version = Envelope.protocolVersion
      #expect(
        refused.sentence == "the message speaks protocol version \(version + 1), this program version \(version)")
    }

    @Test("who did not join is named, on both ends")
    func missing() throws {
      let folder = try TemporaryFolder()
      let waiting = try Waiting("\(Self.run) --join-deadline 5", output: folder.file("run"))
      let members = try [waiting.server, waiting.worker].map(waiting.start)
      let ending = waiting.process.finish()
      #expect(ending.exitCode == 69)
      #expect(ending.errors.hasSuffix("tare: worker 1 did not join within 5 s\n"), "\(ending.errors)")
      for member in members {
        let left = member.finish()
        #expect(left.exitCode == 69 && left.errors == "tare: worker 1 did not join within 5 s\n")
      }
      #expect(try folder.names == [])
      waiting.process.expectNothingLeft()
    }

    @Test("members leave when the coordinator that they joined is interrupted")
    func interrupted() throws {
      let folder = try TemporaryFolder()
      let waiting = try Waiting(Self.run + " --steps 1000000", output: folder.file("run"))
      let members = try [waiting.server, waiting.worker, waiting.worker].map(waiting.start)
      _ = try #require(waiting.process.waitForError(containing: "step 1/"))
      waiting.process.signal(SIGTERM)
      #expect(waiting.process.finish().exitCode == 143)
      for member in members { #expect(member.finish().exitCode == 143) }
    }

    @Test(
      "wrong words on the command line of a member",
      arguments: [
        ("worker", "64"), ("worker --join nowhere", "--join is \"nowhere\""),
        ("server --join tcp://127.0.0.1:1", "the run's key is missing"),
        ("server --join tcp://127.0.0.1:1 --key-file /dev/null", "the key in --key-file /dev/null has 0 characters"),
        ("worker --join tcp://127.0.0.1:1 --patience 0", "--patience is 0.0"),
        ("worker --join tcp://127.0.0.1:1 --threads 0", "--threads is 0"),
        ("server --join tcp://127.0.0.1:1 --listen x", "--listen is \"x\""),
      ])
    func usage(arguments: String, words: String) throws {
      // The key is asked for only where the line is about it.
      let variables = words.contains("key") ? [:] : ["TARE_KEY": RunKey().text]
      let ending = try TareProcess(arguments.split(separator: " ").map(String.init), variables: variables).finish()
      #expect(ending.exitCode == 64)
      #expect(ending.errors.hasPrefix("tare: "))
      #expect(words == "64" || ending.errors.contains(words), "\(ending.errors)")
    }
  }
}
