import Failures
import Foundation
import Launching
import OpenSSL
import Parameters

/// Puts this program on machines that ssh reaches, where it isn't yet: in `~/.cache/tare/`, in a folder named by its SHA-256, which
/// is checked there.
struct ProgramCopy: Sendable {
  private let digest: String

  init() throws {
    let own = try Data(contentsOf: URL(filePath: Self.own), options: .alwaysMapped)
    digest = unsafe own.withUnsafeBytes { bytes in unsafe SHA256.hash(bytes) }.hexadecimal
  }

  private static let own = "/proc/self/exe"

  /// For a shell on the other machine.
  var path: String { "$HOME/.cache/tare/\(digest.prefix(16))/tare" }

  /// - Parameter shell: the words that precede a command for that machine.
  /// - Throws: `RunError` if ssh or a command over there fails.
  func put(over shell: [String]) throws(RunError) {
    let program = try Program(shell[0])
    func run(_ script: String, from file: String? = nil) throws(RunError) -> String {
      let command = ShellText.command(["exec", "/bin/sh", "-c", script])
      return try program.output(Array(shell.dropFirst()) + [command], from: file)
    }
    guard try run("if [ -x \"\(path)\" ]; then echo there; fi").isEmpty else { return }
    // A copy that breaks off, or arrives changed, never has the name.
    _ = try run(
      """
      set -e; new="\(path).$$"; mkdir -p -m 700 "$(dirname "$new")"; trap 'rm -f "$new"' EXIT; cat > "$new"; \
      echo "\(digest)  $new" | sha256sum -c --quiet - >&2; chmod 700 "$new"; mv "$new" "\(path)"
      """, from: Self.own)
  }
}
