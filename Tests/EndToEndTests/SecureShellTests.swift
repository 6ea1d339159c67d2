import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Hosts that ssh reaches: sshd on several loopback addresses.
  @Suite("ssh", .enabled(if: SecureShell.isPossible, "sshd is not installed, or this is not root"))
  struct OverSSH {
    private static let run =
      "--network mlp --steps 120 --microbatch 16 --workers 3 --set execution.evaluateEvery=40"

    @Test("agents over ssh, found beside a PATH that does not have them, end with the same bits and leave nothing")
    func twoHosts() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.run, in: folder.file("expected")).ending.weightsSHA256
      let shell = try SecureShell(in: folder)
      let list = folder.file("hosts")
      try Data("# two machines\nn1 slots=1\nn2 slots=2 tare=\(TareProcess.executable.path)\n".utf8).write(
        to: URL(filePath: list))
      let process = try TareProcess(
        SmallRun.arguments("\(Self.run) --hosts \(list)", output: folder.file("run")),
        variables: ["TARE_SSH": shell.command])
      let ending = process.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected)
      process.expectNothingLeft()
      // The key went over stdin.
      let log = String(decoding: try folder.read("run/log.txt"), as: UTF8.self)
      #expect(log.contains("host n1 joined: 1 slot") && log.contains("host n2 joined: 2 slots"))
    }

    @Test("when the connection to a host ends, its agent ends; another one is started there, with the same bits")
    func reconnection() throws {
      let folder = try TemporaryFolder()
      let run = Self.run.replacing("--steps 120", with: "--steps 900 --set execution.metricsEvery=1")
      let expected = try SmallRun(run, in: folder.file("expected")).ending.weightsSHA256
      let shell = try SecureShell(in: folder)
      let process = try TareProcess(
        SmallRun.arguments("\(run) --hosts n1:1,n2:2", output: folder.file("run")),
        variables: ["TARE_SSH": shell.command])
      _ = try #require(process.waitForLog("host n2 joined", in: folder.file("run/log.txt")))
      _ = try #require(process.waitForError(containing: "step 1/"))
      let connection = try #require(process.children.first { $0.arguments.contains("n1") })
      kill(connection.id, SIGKILL)
      _ = try #require(process.waitForLog("host n1: its agent is started again", in: folder.file("run/log.txt")))
      let ending = process.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected)
      process.expectNothingLeft()
      let log = String(decoding: try folder.read("run/log.txt"), as: UTF8.self)
      #expect(log.contains("host n1 was lost: signal 9") && log.split(separator: "host n1 joined").count == 3, "\(log)")
    }

    @Test("the program is copied once, checked by its hash, and used from there")
    func copies() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.run, in: folder.file("expected")).ending.weightsSHA256
      let shell = try SecureShell(in: folder)
      // On the machine of the test, HOME over ssh is the user's own: another one for the commands that ssh runs.
      let home = folder.file("home")
      let command = try shell.command(withHome: home)
      for name in ["first", "second"] {
        let process = try TareProcess(
          SmallRun.arguments("\(Self.run) --hosts n1:3 --copy", output: folder.file(name)),
          variables: ["TARE_SSH": command])
        let ending = process.finish()
        #expect(ending.exitCode == 0, "\(ending.errors)")
        #expect(try ending.weightsSHA256 == expected)
        process.expectNothingLeft()
      }
      let folders = try FileManager.default.contentsOfDirectory(atPath: "\(home)/.cache/tare")
      try #require(folders.count == 1)
      let copied = try Data(contentsOf: URL(filePath: "\(home)/.cache/tare/\(folders[0])/tare"))
      #expect(copied == (try Data(contentsOf: TareProcess.executable)))
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(home)/.cache/tare/\(folders[0])") == ["tare"])
    }

    @Test("a host that ssh does not know, or whose key is another, is named with ssh's own words")
    func unreachable() throws {
      let folder = try TemporaryFolder()
      let shell = try SecureShell(in: folder)
      for (host, words) in [
        ("nowhere.invalid", "ssh: Could not resolve hostname"), ("changed", "Host key verification failed"),
      ] {
        let process = try TareProcess(
          SmallRun.arguments("\(Self.run) --hosts n1:1,\(host):2", output: folder.file("run")),
          variables: ["TARE_SSH": shell.command])
        let ending = process.finish()
        #expect(ending.exitCode == 69)
        #expect(
          ending.errors.contains("host \(host): exit code 255") && ending.errors.contains(words), "\(ending.errors)")
        process.expectNothingLeft()
      }
    }
  }
}

/// sshd on 127.0.0.1 and 127.0.0.2, and a client's configuration that knows them as n1 and n2. Ends with its owner.
private final class SecureShell {
  let command: String
  private var daemons: [Process] = []

  static let isPossible = geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/sbin/sshd")

  init(in folder: TemporaryFolder) throws {
    let base = folder.file("ssh")
    try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
    // sshd wants it, and its packages make it at boot only.
    try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
    for name in ["host", "user", "other"] {
      try Self.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(base)/\(name)")
    }
    let port = try LoopbackPort.free()
    let server = """
      Port \(port)
      HostKey \(base)/host
      PidFile none
      AuthorizedKeysFile \(base)/user.pub
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      UsePAM no
      StrictModes no
      """
    var known = ""
    func key(_ name: String) throws -> String {
      let text = try String(contentsOfFile: "\(base)/\(name).pub", encoding: .utf8)
      return text.split(separator: " ").prefix(2).joined(separator: " ")
    }
    for index in 1...3 {
      let file = "\(base)/sshd\(index)"
      try Data("ListenAddress 127.0.0.\(index)\n\(server)\n".utf8).write(to: URL(filePath: file))
      let daemon = Process()
      daemon.executableURL = URL(filePath: "/usr/sbin/sshd")
      daemon.arguments = ["-D", "-f", file, "-E", "\(base)/log"]
      try daemon.run()
      daemons.append(daemon)
      known += "[127.0.0.\(index)]:\(port) \(try key(index == 3 ? "other" : "host"))\n"
    }
    try Data(known.utf8).write(to: URL(filePath: "\(base)/known"))
    let hosts = ["n1", "n2", "changed"].enumerated().map { "Host \($1)\n  HostName 127.0.0.\($0 + 1)\n" }.joined()
    let client = """
      \(hosts)Host *
        Port \(port)
        User root
        IdentityFile \(base)/user
        IdentitiesOnly yes
        UserKnownHostsFile \(base)/known
      """
    try Data("\(client)\n".utf8).write(to: URL(filePath: "\(base)/config"))
    command = "ssh -F \(base)/config"
    try Self.awaitDaemons(port: port)
  }

  /// A client whose commands over there have another home.
  func command(withHome home: String) throws -> String {
    let words = command.split(separator: " ").map(String.init)
    let script = "\(words[words.count - 1])-home.sh"
    // The last argument is the command.
    let text = """
      #!/bin/sh
      for last; do :; done
      host=$1
      exec \(command) "$host" "HOME=\(home); export HOME; mkdir -p \(home); $last"

      """
    try Data(text.utf8).write(to: URL(filePath: script))
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script)
    return script
  }

  deinit { for daemon in daemons where daemon.isRunning { daemon.terminate() } }

  private static func run(_ program: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) \(arguments)")
  }

  /// Until each takes connections.
  private static func awaitDaemons(port: UInt16) throws {
    let last = ContinuousClock.now + .seconds(Deadline.event)
    for index in 1...3 {
      while true {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0000 + index).bigEndian
        let isOpen = unsafe withUnsafePointer(to: &address) { pointer in
          unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
          }
        }
        if isOpen { break }
        try #require(ContinuousClock.now < last, "sshd does not listen")
        sched_yield()
      }
    }
  }
}
