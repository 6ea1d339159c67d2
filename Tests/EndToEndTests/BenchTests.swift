import Foundation
import FoundationXML
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Benchmarks") struct Benchmarks {
    @Test("a comparison marks what is slower than in the file, with exit code 1, and what is faster")
    func comparison() throws {
      let folder = try TemporaryFolder()
      let words = ["bench", "--only", "messages", "--rounds", "3", "--seconds", "0.01", "--progress", "none"]
      let first = try TareProcess.run(words + ["--json"])
      try #require(first.exitCode == 0, "\(first.errors)")
      // Times and rates beyond any noise; whole numbers stay what they are.
      func write(_ name: String, times: Double) throws -> String {
        var result = try #require(try JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any])
        var messages = try #require(result["messages"] as? [[String: Any]])
        for index in messages.indices {
          for (key, factor) in [("microsecondsPerMessage", times), ("gigabytesPerSecond", 1 / times)] {
            var figure = try #require(messages[index][key] as? [String: Any])
            figure["spread"] = try #require(figure["spread"] as? [String: Double]).mapValues { $0 * factor }
            messages[index][key] = figure
          }
        }
        result["messages"] = messages
        let path = folder.file(name)
        try JSONSerialization.data(withJSONObject: result).write(to: URL(filePath: path))
        return path
      }
      let slower = try TareProcess.run(words + ["--compare", write("fast", times: 1e-6)])
      #expect(slower.exitCode == 1 && slower.output.contains("4 slower, 0 faster, of 4 figures"), "\(slower.output)")
      let faster = try TareProcess.run(words + ["--json", "--compare", write("slow", times: 1e6)])
      #expect(faster.exitCode == 0)
      let rows = try #require(faster.json["comparison"] as? [[String: Any]])
      #expect(rows.count == 4 && rows.allSatisfy { $0["change"] as? String == "faster" }, "\(rows)")
    }

    @Test(
      "a Python that cannot import PyTorch is refused in one sentence, before anything is measured",
      arguments: [
        ("/nowhere/python", "/usr/bin/env: ‘/nowhere/python’: No such file or directory"),
        ("/bin/false", "it ended with 1"),
      ])
    func noTorch(python: String, reason: String) throws {
      let ending = try TareProcess.run(["bench", "--only", "step", "--python", python])
      #expect(ending.exitCode == 64 && ending.output.isEmpty)
      #expect(ending.errors == "tare: --python is \(python); accepted: a Python that imports torch (\(reason)).\n")
    }

    @Test("ps-lite's round trips are measured beside ours, by the program that --ps-lite names")
    func psLite() throws {
      let folder = try TemporaryFolder()
      let words = ["bench", "--only", "roundtrip", "--rounds", "1", "--seconds", "0.04", "--progress", "none"]
      func peer(_ name: String, says greeting: String) throws -> [String] {
        let path = folder.file(name)
        let script = """
          #!/bin/sh
          echo "\(greeting)"
          while read -r run seconds; do echo '{"best": 12.5, "push_pull": 12.5, "push_then_pull": 20}'; done
          """
        try Data(script.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        return ["--ps-lite", path]
      }
      let measured = try TareProcess.run(
        words + ["--json"] + peer("peer", says: #"{\"peer\": \"ps-lite\", \"transport\": \"$1\"}"#))
      try #require(measured.exitCode == 0, "\(measured.errors)")
      let found = try #require(measured.json["roundTrips"] as? [[String: Any]])
      #expect(found.map { $0["transport"] as? String } == ["ipc", "tcp"])
      for round in found {
        let spread = (round["psLite"] as? [String: Any])?["spread"] as? [String: Double]
        #expect(spread?["median"] == 12.5, "\(round)")
      }
      let other = try TareProcess.run(words + peer("other", says: "hello"))
      #expect(other.exitCode == 69 && other.output.isEmpty)
      #expect(other.errors == "tare: \(folder.file("other")) said \"hello\"; expected: that it uses ipc\n")
      // What it says has no end, and it does not either.
      let endless = try TareProcess.run(words + ["--ps-lite", "/usr/bin/yes"])
      #expect(endless.errors == "tare: /usr/bin/yes said \"ipc\"; expected: that it uses ipc\n")
      let gone = folder.file("gone")
      try Data("#!/bin/sh\necho \"{\\\"transport\\\": \\\"$1\\\"}\"\n".utf8).write(to: URL(filePath: gone))
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: gone)
      let ended = try TareProcess.run(words + ["--ps-lite", gone])
      #expect(ended.exitCode == 69 && ended.errors == "tare: \(gone) ipc did not answer: it ended\n", "\(ended.errors)")
      let folderGiven = try TareProcess.run(words + ["--ps-lite", folder.path])
      #expect(folderGiven.exitCode == 64)
      let missing = try TareProcess.run(words + ["--ps-lite", folder.file("missing")])
      #expect(missing.exitCode == 64 && missing.output.isEmpty)
      #expect(
        missing.errors.hasPrefix("tare: --ps-lite is \(folder.file("missing")); accepted: the program built from "))
    }

    @Test("the time of every thread of a step is divided without gaps, and drawn")
    func breakdown() throws {
      let folder = try TemporaryFolder()
      let figure = folder.file("step.svg")
      let ending = try TareProcess.run([
        "bench", "--only", "breakdown", "--rounds", "1", "--seconds", "0.01", "--progress", "none", "--json",
        "--figure",
        figure,
      ])
      try #require(ending.exitCode == 0, "\(ending.errors)")
      let found = try #require(ending.json["breakdown"] as? [[String: Any]])
      #expect(found.map { $0["network"] as? String } == ["conv3", "conv4"])
      for network in found {
        let threads = try #require(network["threads"] as? [[String: Any]])
        let names = threads.map { "\($0["role"] ?? "") \($0["thread"] ?? "")" }
        #expect(names == ["worker computes", "worker messages", "server serves"])
        for (thread, works) in zip(threads, [["compute", "copy"], ["wire", "sum"], ["sum", "update", "wire"]]) {
          let shares = try #require(thread["shares"] as? [String: Double])
          #expect(abs(shares.values.reduce(0, +) - 1) < 1e-9)
          #expect(works.allSatisfy { shares[$0, default: 0] > 0 }, "\(shares)")
        }
      }
      let drawn = try XMLDocument(contentsOf: URL(filePath: figure))
      #expect(try drawn.nodes(forXPath: "//*[@class='cell']").count > 12)
    }

    @Test("what is no result of a benchmark is refused before anything is measured")
    func refusals() throws {
      let folder = try TemporaryFolder()
      try Data("{}".utf8).write(to: URL(filePath: folder.file("empty")))
      for (file, code, words) in [("empty", 65, "is no result of a benchmark"), ("nothing", 74, "can't be read")] {
        let ending = try TareProcess.run(["bench", "--compare", folder.file(file)])
        #expect(ending.exitCode == code && ending.output.isEmpty)
        #expect(ending.errors.contains("--compare is ") && ending.errors.contains(words), "\(ending.errors)")
      }
    }
  }
}
