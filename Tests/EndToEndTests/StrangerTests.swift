import Foundation
import Messages
import Parameters
import TestSupport
import Testing
import ZeroMQ

extension EndToEnd {
  /// Whoever finds a port and sends something changes nothing.
  @Suite("Strangers")
  struct Strangers {
    private static let run =
      "--network mlp --steps 240 --microbatch 16 --servers 2 --set execution.metricsEvery=1 "
      + "--set execution.evaluateEvery=120"

    @Test("noise on every port while a run trains, and the bits are the same")
    func noise() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.run, in: folder.file("expected"))
      let process = try TareProcess(SmallRun.arguments("\(Self.run) --transport tcp", output: folder.file("run")))
      _ = try #require(process.waitForError(containing: "step 1/"))
      let listeners =
        process.children.filter { $0.name.hasPrefix("server") } + [
          RunningProcess(id: process.id, arguments: [])
        ]
      let ports = listeners.flatMap(\.listeningPorts)
      try #require(ports.count == 3, "two servers and a coordinator")

      let strangers = try ports.map(Stranger.init)
      var rounds = 0
      // A million frames and more on two processors; how many a run meets is a question of speed.
      defer { print("strangers sent \(strangers.map(\.frames).reduce(0, +)) frames") }
      let deadline = ContinuousClock.now + .seconds(Deadline.process)
      while process.isRunning, ContinuousClock.now < deadline {
        for stranger in strangers { try stranger.disturb(rounds) }
        rounds += 1
      }
      let ending = process.finish()
      #expect(strangers.map(\.frames).reduce(0, +) > 10_000, "the run was over before anybody could disturb it")
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected.ending.weightsSHA256)
      #expect(try Data(folder.read("run/metrics.csv")) == expected.file("metrics.csv"))
      let log = String(decoding: try folder.read("run/log.txt"), as: UTF8.self)
      #expect(log.contains("dropped a message of peer"))
      // Who sends without end does not fill the disk.
      #expect(log.utf8.count < 50_000)
      process.expectNothingLeft()
    }
  }
}

/// Somebody who does not have the run's key, on one port.
private final class Stranger {
  private(set) var frames = 0

  private let port: UInt16
  private let context: Context
  private let socket: Socket
  private let mutants: [[UInt8]]

  init(port: UInt16) throws {
    self.port = port
    mutants = try (0..<1000).map(Self.mutant)
    context = try Context()
    socket = try Socket(.dealer, in: context)
    try socket.set(.linger(0))
    try socket.connect(to: Endpoint(.tcp(host: "127.0.0.1", port: port)))
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

  /// Over a connection of its own, which hangs up at once.
  private func say(_ bytes: [UInt8]) {
    let descriptor = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    // Where nobody accepts any more, connect would wait for minutes.
    var patience = timeval(tv_sec: 1, tv_usec: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafePointer(to: address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, length) }
    }
    // At the end of the run nobody is there.
    if result == 0 { _ = unsafe send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) }
  }
}
