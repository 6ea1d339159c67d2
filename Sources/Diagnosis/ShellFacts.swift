package import Hosting

/// Another machine, and what ssh says of it.
package struct ShellFacts: Hashable, Sendable {
  let host: String
  let answer: RemoteProgram.Answer

  package init(host: String, answer: RemoteProgram.Answer) { (self.host, self.answer) = (host, answer) }

  /// - Parameter version: of this program, as `tare --version` says it.
  package func finding(version: String) -> Finding {
    let check = "ssh \(host)"
    switch answer {
    case .version(version): return .ok(check, "reached, and has \(version)")
    case .version(let other):
      return .problem(
        check, "reached, and has \(other.isEmpty ? "another program called tare" : other), but this is \(version)",
        advice: "Install the same version there, or give --copy to the run.")
    case .noProgram:
      return .problem(
        check, "reached, but tare is not found there",
        advice: "Install tare there, name it as tare=PATH in the file of --hosts, or give --copy to the run.")
    case .failure(let words):
      return .problem(
        check, words,
        advice:
          "Make \"ssh -o BatchMode=yes \(host) true\" work: a key that ssh can use without asking, and a known host.")
    }
  }

  /// - Parameter program: the path of ssh; `nil` if there is none.
  package static func finding(ofProgram program: String?) -> Finding {
    guard let program else {
      return .warning(
        "ssh", "not found on the PATH", advice: "Install an ssh client if --hosts is to start runs elsewhere.")
    }
    return .ok("ssh", program)
  }
}
