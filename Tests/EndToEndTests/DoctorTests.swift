import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Doctor")
  struct DoctorTests {
    private struct Printed: Decodable {
      struct Check: Decodable { let check: String, status: String, found: String, advice: String? }
      let status: String
      let checks: [Check]
    }

    private static func examine(
      _ arguments: [String], variables: [String: String] = [:]
    ) throws -> (exitCode: Int32, checks: [String: Printed.Check]) {
      let ending = try TareProcess(["doctor", "--json"] + arguments, variables: variables).finish()
      let printed = try JSONDecoder().decode(Printed.self, from: Data(ending.output.utf8))
      #expect(ending.errors.isEmpty && (ending.exitCode == 1) == (printed.status == "problem"))
      for check in printed.checks { #expect((check.status == "ok") == (check.advice == nil), "\(check)") }
      return (ending.exitCode, Dictionary(uniqueKeysWithValues: printed.checks.map { ($0.check, $0) }))
    }

    @Test("this machine, which trains all the other tests, is well enough for it, and nothing is left")
    func here() throws {
      let folder = try TemporaryFolder()
      let (_, checks) = try Self.examine(["--output", folder.file("runs"), "--interface", "lo"])
      for check in ["oneDNN", "libzmq", "instructions", "memory", "open files", "disk", "port at 127.0.0.1", "clock"] {
        #expect(["ok", "warning"].contains(try #require(checks[check]).status), "\(check)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test("a folder that cannot be written is a problem, and exit code 1")
    func disk() throws {
      let (exitCode, checks) = try Self.examine(["--output", "/proc/self/runs"])
      #expect(exitCode == 1 && checks["disk"]?.status == "problem")
    }

    @Test("over ssh: the same version, another version, no program, and no answer")
    func shell() throws {
      let folder = try TemporaryFolder()
      // In place of ssh, with the name of the host and the command as its last arguments.
      let shell = folder.file("shell")
      let script = """
        #!/bin/sh
        while [ $# -gt 2 ]; do shift; done
        case $1 in
          same) exec "\(TareProcess.executable.path)" --version ;;
          other) echo "tare 99.0.0" ;;
          none) echo "tare is not found; accepted: …" >&2; exit 127 ;;
          *) echo "Host key verification failed." >&2; exit 255 ;;
        esac
        """
      try Data(script.utf8).write(to: URL(filePath: shell))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: shell)
      let (exitCode, checks) = try Self.examine(
        ["--host", "same", "--host", "other,none,gone"], variables: ["TARE_SSH": shell])
      #expect(exitCode == 1)
      #expect(checks["ssh same"]?.status == "ok" && checks["ssh other"]?.found.contains("tare 99.0.0") == true)
      #expect(checks["ssh none"]?.found.contains("not found there") == true)
      #expect(checks["ssh gone"]?.found.contains("Host key verification failed") == true)
    }
  }
}
