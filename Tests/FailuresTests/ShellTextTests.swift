import Failures
import Foundation
import Testing

@Suite("Shell text")
struct ShellTextTests {
  @Test("words that a shell would read otherwise are quoted")
  func quoting() {
    #expect(ShellText.command(["tare", "a b", "it's", "", "x=1e-3"]) == #"tare 'a b' 'it'\''s' '' x=1e-3"#)
  }

  @Test("a shell reads the words that were written, byte for byte")
  func roundTrip() throws {
    let words = [
      "", " ", "a b", "\t", "two\nlines", "\n", "\r\n", "'", "''", "it's", "'quoted'", #"""#, #"say "x""#, "$HOME",
      "$(id)",
      "${x", "`id`", #"\"#, #"\'"#, #"ends in \"#, "-n", "--", "-", "~", "~root", "*", "?", "[a-z]", "{a,b}", "!", "#x",
      "a;b", "a&b", "a|b", "<a", ">a", "(a)", "x=1", "%s", "e\u{301}", "'\u{301}", "🧪'🧪", "\u{200D}'\u{200D}",
      "\u{85}\u{2028}", "runs/a,b@c+d:e_f.g",
    ]
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", #"printf '%s\000' "# + ShellText.command(words)]
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let read = try output.fileHandleForReading.readToEnd() ?? Data()
    shell.waitUntilExit()
    let found = read.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { [UInt8]($0) }
    #expect(found == words.map { [UInt8]($0.utf8) })
  }
}
