import CDescriptors
import Foundation
import Messages
import Parameters
import TestSupport
import Testing
import Transport
import ZeroMQ

extension EndToEnd {
  /// Whoever finds a port and sends something changes nothing.
  @Suite("Strangers")
  struct Strangers {
    /// One that strangers who take their time can meet.
    private static let longRun = run.replacing("--steps 240", with: "--steps 600")

    init() { tare_raise_descriptor_limit() }

    private static let run =
      "--network mlp --steps 240 --microbatch 16 --servers 2 --set execution.metricsEvery=1 "
      + "--set execution.evaluateEvery=120"

    @Test("noise on every port while a run trains, and the bits are the same")
    func noise() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.run, in: folder.file("expected"))
      let process = try TareProcess(SmallRun.arguments("\(Self.run) --transport tcp", output: folder.file("run")))
      let listeners = try Self.listeners(of: process)
      let key = try Self.key(of: folder.file("run"))
      let strangers = try listeners.flatMap(\.ports).map { try Stranger(port: $0, key: key) }
      var rounds = 0
      // A million frames and more on two processors; how many a run meets is a question of speed.
      defer { print("strangers sent \(strangers.map(\.frames).reduce(0, +)) frames") }
      let deadline = ContinuousClock.now + .seconds(Deadline.process)
      while process.isRunning, ContinuousClock.now < deadline {
        for stranger in strangers { try stranger.disturb(rounds) }
        rounds += 1
      }
      #expect(strangers.map(\.frames).reduce(0, +) > 10_000, "the run was over before anybody could disturb it")
      let log = try expectUndisturbed(process, folder, expected)
      #expect(log.contains("dropped a message of peer"))
    }

    /// libzmq bounds a frame, but neither the frames of a message nor the bytes of all of them.
    @Test("messages without end are not kept, and the bits are the same")
    func endless() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.longRun, in: folder.file("expected"))
      let process = try TareProcess(SmallRun.arguments("\(Self.longRun) --transport tcp", output: folder.file("run")))
      let listeners = try Self.listeners(of: process)
      let frame = ZMTP.frame([UInt8](repeating: 0, count: 1_600_000), more: true)
      for (listener, port) in listeners.flatMap({ (listener, ports) in ports.map { (listener, $0) } }) {
        for greeting in [ZMTP.null, ZMTP.plain(password: "0123456789abcdef")] {
          let stranger = try RawClient(port: port)
          stranger.send(greeting)
          var sent = 0
          while sent < 1 << 30, stranger.send(frame) { sent += frame.count }
          #expect(sent < 1 << 30, "\(listener.name) takes everything")
        }
        let peak = try #require(listener.peakMemory, "it is gone")
        #expect(peak < 400 << 20, "\(listener.name) took \(peak >> 20) MB")
      }
      try expectUndisturbed(process, folder, expected)
    }

    @Test(
      "more connections than a process may have descriptors, and every checkpoint is written",
      arguments: [[UInt8](), Array(ZMTP.greeting("PLAIN")[..<11]), ZMTP.greeting("PLAIN")])
    func crowd(words: [UInt8]) throws {
      let folder = try TemporaryFolder()
      let run = Self.longRun + " --checkpoint-every 20"
      let expected = try SmallRun(run, in: folder.file("expected"))
      let process = try TareProcess(
        SmallRun.arguments("\(run) --transport tcp", output: folder.file("run")), descriptors: 256)
      let ports = try Self.listeners(of: process).flatMap(\.ports)
      var (crowd, count) = ([RawClient](), 0)
      let deadline = ContinuousClock.now + .seconds(Deadline.process)
      // Whoever is cut off is replaced, so that it is as crowded at every checkpoint.
      while process.isRunning, ContinuousClock.now < deadline {
        let more = ports.flatMap { port in (0..<50).compactMap { _ in try? RawClient(port: port) } }
        for stranger in more { _ = stranger.sendWithoutWaiting(words) }
        crowd = crowd.suffix(1200) + more
        count += more.count
      }
      #expect(count > 1000, "the run was over before anybody could disturb it")
      try expectUndisturbed(process, folder, expected)
    }

    @Test("gradients of a peer that has the key but is no member are refused, and the bits are the same")
    func forgery() throws {
      let folder = try TemporaryFolder()
      let run = Self.longRun.replacing("--servers 2", with: "--servers 1")
      let expected = try SmallRun(run, in: folder.file("expected"))
      let process = try TareProcess(SmallRun.arguments("\(run) --transport tcp", output: folder.file("run")))
      let server = try #require(try Self.listeners(of: process).first { $0.process.name == "server 0" })
      let weights = try expected.file("checkpoints/step-600/weights.safetensors")
      let count = try PlainSafeTensors(weights).shapes.values.map { $0.reduce(1, *) }.reduce(0, +)
      let forger = try Forger(
        ports: server.ports, key: Self.key(of: folder.file("run")), count: count)
      let deadline = ContinuousClock.now + .seconds(Deadline.process)
      while process.isRunning, ContinuousClock.now < deadline { try forger.push() }
      #expect(forger.answers > 10, "the run was over before anybody could disturb it")
      let log = try expectUndisturbed(process, folder, expected)
      #expect(log.contains("server 0 has refused "))
    }

    @Test("handshakes that fail by the hundred let nobody in, the log says why, and the bits are the same")
    func handshakes() throws {
      let folder = try TemporaryFolder()
      let run = Self.run.replacing("--steps 240", with: "--steps \(TestSize.failedHandshakes.steps)")
      let expected = try SmallRun(run, in: folder.file("expected"))
      let process = try TareProcess(SmallRun.arguments("\(run) --transport tcp", output: folder.file("run")))
      let ports = try Self.listeners(of: process).flatMap(\.ports)
      let random = CounterRandom(seed: 2, purpose: .faults)
      var count = 0
      while process.isRunning, count < TestSize.failedHandshakes.count {
        let words = [
          ZMTP.curve { UInt8(random.integer(count, $0, below: 256)) }, ZMTP.null,
          ZMTP.plain(password: "0123456789abcdef"),
        ][count % 3]
        for port in ports {
          guard let stranger = try? RawClient(port: port) else { continue }
          stranger.send(words)
          // Until it is cut off.
          _ = stranger.receiveAll()
        }
        count += 1
      }
      #expect(process.isRunning, "the run was over after \(count) handshakes")
      // One with a key, to be told.
      let worker = try TareProcess(
        ["worker", "--join", try Self.invitation(in: folder.file("run")).endpoint],
        variables: ["TARE_KEY": RunKey().text])
      let refused = worker.finish()
      #expect(refused.exitCode == 69 && refused.errors.contains("does not accept this key"), "\(refused.errors)")
      let log = try expectUndisturbed(process, folder, expected)
      #expect(log.contains("refused a connection with the key of another run"))
      let failures = log.split(separator: "\n").last { $0.hasSuffix(" failed handshakes") }?.split(separator: " ")
      #expect(try #require(failures?.dropLast(2).last.flatMap { Int($0) }) >= TestSize.failedHandshakes.count)
    }

    /// Once it trains: those of its processes that others connect to.
    private static func listeners(of process: TareProcess) throws -> [(process: RunningProcess, ports: [UInt16])] {
      _ = try #require(process.waitForError(containing: "step 1/"))
      let listeners =
        process.children.filter { $0.name.hasPrefix("server") } + [RunningProcess(id: process.id, arguments: [])]
      return try listeners.map { listener in
        let ports = listener.listeningPorts(2)
        try #require(ports.count == 2, "one for messages and one for tensors")
        return (listener, ports)
      }
    }

    /// What members present to be heard.
    private static func key(of folder: String) throws -> RunKey {
      try #require(RunKey(text: invitation(in: folder).key))
    }

    private struct Invitation: Decodable { let endpoint, key: String }

    private static func invitation(in folder: String) throws -> Invitation {
      let data = try #require(FileManager.default.contents(atPath: "\(folder)/join.json"))
      return try JSONDecoder().decode(Invitation.self, from: data)
    }

    /// The run ends as if nothing had been.
    ///
    /// - Returns: its log.
    @discardableResult
    private func expectUndisturbed(
      _ process: TareProcess, _ folder: TemporaryFolder, _ expected: SmallRun
    ) throws -> String {
      let ending = process.finish()
      try #require(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected.ending.weightsSHA256)
      #expect(try (ending.json["events"] as? [Any])?.isEmpty == true, "\(ending.output)")
      #expect(try Data(folder.read("run/metrics.csv")) == expected.file("metrics.csv"))
      let log = String(decoding: try folder.read("run/log.txt"), as: UTF8.self)
      // Who sends without end does not fill the disk.
      #expect(log.utf8.count < 50_000)
      process.expectNothingLeft()
      return log
    }
  }
}

/// Somebody who has the run's key, is no member, and sends a server sums of whole steps.
private final class Forger {
  private(set) var answers = 0

  /// One of the ports is for sealed tensors, and answers nobody else.
  private let sockets: Sockets
  private let context: Context
  private let key: RunKey
  private let count: Int
  private let payload: [UInt8]
  private var step = 0

  private struct Sockets: ~Copyable {
    let first, second: Socket
  }

  init(ports: [UInt16], key: RunKey, count: Int) throws {
    (self.key, self.count) = (key, count)
    payload = (0..<count).flatMap { _ in [0, 0, 0x80, 0x3F] as [UInt8] }  // 1.0
    let context = try Context()
    self.context = context
    func connected(to port: UInt16) throws -> Socket {
      let socket = try Socket(.dealer, in: context)
      try socket.set(.linger(0))
      let endpoint = try Endpoint(.tcp(host: "127.0.0.1", port: port))
      try socket.set(key.presented(to: endpoint))
      try socket.connect(to: endpoint)
      return socket
    }
    sockets = Sockets(first: try connected(to: ports[0]), second: try connected(to: ports[1]))
  }

  /// Sends one, and learns from the answer which step the server is at.
  func push() throws {
    let push = Push(
      step: step, node: .init(start: 0, count: 8), tally: Tally(lossSum: 1, correct: 1, samples: 128),
      tensor: TensorHeader(elementType: .float32, offset: 0, count: count))
    let header = try Envelope(session: key.session, generation: 1, message: .push(push)).encoded()
    for isFirst in [true, false] {
      func send(_ bytes: [UInt8], more: Bool) throws -> Bool {
        let frame = try Frame(copying: bytes)
        return isFirst ? try sockets.first.send(frame, more: more) : try sockets.second.send(frame, more: more)
      }
      if try send(header, more: true) { _ = try send(payload, more: false) }
    }
    _ = try Poller.wait(for: [sockets.first.pollItem, sockets.second.pollItem], timeout: .seconds(1))
    while let frame = try sockets.first.receive() { try note(frame.bytes) }
    while let frame = try sockets.second.receive() { try note(frame.bytes) }
  }

  private func note(_ reply: [UInt8]) throws {
    let envelope = try Envelope(decoding: unsafe reply.span.bytes, payloadByteCount: nil, session: key.session)
    guard case .answer(let answer) = envelope.message else { return }
    answers += 1
    step = answer.version
  }
}

/// Somebody on one port who has the run's key, but no part in its protocol.
private final class Stranger {
  private(set) var frames = 0

  private let port: UInt16
  private let context: Context
  private let socket: Socket
  private let mutants: [[UInt8]]

  init(port: UInt16, key: RunKey) throws {
    self.port = port
    mutants = try (0..<1000).map(Self.mutant)
    context = try Context()
    socket = try Socket(.dealer, in: context)
    try socket.set(.linger(0))
    let endpoint = try Endpoint(.tcp(host: "127.0.0.1", port: port))
    try socket.set(key.presented(to: endpoint))
    try socket.connect(to: endpoint)
  }

  /// Bytes without any protocol over a new connection, and a thousand messages over the old one.
  func disturb(_ round: Int) throws {
    say(round % 2 == 0 ? Self.noise[round % 1000] : [0xFF] + Self.noise[round % 1000])
    for index in 1000 * round..<1000 * round + 1000 {
      let bytes = index.isMultiple(of: 4) ? Self.noise[index / 4 % 1000] : mutants[index % 1000]
      let parts = index % 3
      for part in 0...parts where try socket.send(Frame(copying: Array(bytes.dropFirst(part))), more: part < parts) {
        frames += 1
      }
    }
  }

  private static let random = CounterRandom(seed: 1, purpose: .faults)

  /// Frames without any meaning.
  private static let noise: [[UInt8]] = (0..<1000).map { round in
    (0..<random.integer(round, 0, below: 300)).map { UInt8(random.integer(round, $0 + 1, below: 256)) }
  }

  /// Messages of other sessions, whole, cut short, and with some bytes changed.
  private static func mutant(_ round: Int) throws -> [UInt8] {
    let messages: [Message] = [
      .pull(Pull(version: round)), .stop(Stop(exitCode: 0, sentence: "stop")), .fetch(Fetch(version: 1 << 40)),
      .hello(Hello(role: .worker, rank: 0, specHash: "", host: "", processID: 1, threads: 1, incarnation: 1)),
      .failed(Failed(exitCode: 70, sentence: "failed", step: 0, layer: "")),
    ]
    var bytes = try Envelope(session: 1 + UInt64(round), generation: 1, message: messages[round % messages.count])
      .encoded()
    if round % 3 == 1 { bytes.removeLast(random.integer(round, 0, below: bytes.count)) }
    if round % 3 == 2 {
      for change in 0..<3 where !bytes.isEmpty {
        bytes[random.integer(round, 2 * change + 1, below: bytes.count)] ^= UInt8(
          1 + random.integer(round, 2 * change + 2, below: 255))
      }
    }
    return bytes
  }

  /// Over a connection of its own, which hangs up at once. At the end of the run nobody is there.
  private func say(_ bytes: [UInt8]) { _ = try? RawClient(port: port).sendWithoutWaiting(bytes) }
}
