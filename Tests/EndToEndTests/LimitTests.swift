import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What a shell or a service manager may withhold: streams, descriptors, memory, /proc. One sentence and an exit code of
  /// the documented ones, and nothing left behind.
  @Suite("Limits")
  struct Limits {
    private static let small = "--network mlp --set dataset.limit=256 --steps 4 --metrics-every 2 --progress plain"

    private static func train(_ folder: TemporaryFolder, _ rest: String = "") -> [String] {
      "train \(small) \(rest) --output \(folder.file("run"))".split(separator: " ").map(String.init)
    }

    @Test("closed streams: what is meant for people gets into no file", arguments: ["<&- >&- 2>&-", "2>&-", "<&-"])
    func closed(streams: String) throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.small, in: folder.file("expected"))
      let ending = try TareProcess.run(
        SmallRun.arguments(Self.small, output: folder.file("run")), through: "exec \"$0\" \"$@\" \(streams)")
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try folder.read("run/metrics.csv") == Array(expected.file("metrics.csv")))
    }

    @Test(
      "a result that can't be written is exit code 74",
      arguments: [
        "version", "fields", "explain", "--help", "help train", "simulate --seeds 1", "runs export", "runs",
        "runs show RUN",
        "train --json --set dataset.limit=256 --network mlp --steps 1",
        "train --set dataset.limit=256 --network mlp --steps 1",
      ])
    func full(arguments: String) throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun("--network mlp --steps 2", in: folder.file("runs"))
      var words = arguments.split(separator: " ").map { $0 == "RUN" ? run.folder : String($0) }
      if words[0] == "train" { words += ["--output", folder.file("other")] }
      if words == ["runs"] || words == ["runs", "export"] { words += ["--root", folder.path] }
      let full = try TareProcess.run(words, through: "exec \"$0\" \"$@\" >/dev/full")
      #expect(full.exitCode == 74)
      let last = full.errors.split(separator: "\n").last ?? ""
      #expect(last == "tare: can't write the result to stdout: No space left on device", "\(full.errors)")
    }

    @Test("nobody who reads the pipe is exit code 74 too, without a word")
    func brokenPipe() throws {
      let folder = try TemporaryFolder()
      let script =
        "mkfifo \(folder.file("pipe")); exec 3<>\(folder.file("pipe")) 4>\(folder.file("pipe")) 3<&-; "
        + "exec \"$0\" \"$@\" >&4 4>&-"
      let ending = try TareProcess.run(["fields"], through: script)
      #expect(ending.exitCode == 74 && ending.errors.isEmpty, "\(ending.errors)")
    }

    @Test(
      "too few descriptors, too little memory",
      arguments: [
        ("-n 12", "12 open files (ulimit -n)"), ("-n 24", "24 open files (ulimit -n)"),
        ("-v 400000", "400000 KiB of address space (ulimit -v)"),
      ], ["", "--launcher threads"])
    func low(limit: (flags: String, words: String), how: String) throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(
        Self.train(folder, how), through: "ulimit \(limit.flags); exec \"$0\" \"$@\"")
      #expect(ending.exitCode == 74)
      #expect(ending.errors.hasPrefix("tare: this process is limited to \(limit.words); accepted: at least "))
      #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
      #expect(try folder.names == [])
    }

    @Test("as many as a message asks for are enough", arguments: ["-n", "-v"], ["", "--launcher threads"])
    func enough(flag: String, how: String) throws {
      let folder = try TemporaryFolder()
      let tooFew = flag == "-n" ? "24" : "400000"
      let refused = try TareProcess.run(
        Self.train(folder, how), through: "ulimit \(flag) \(tooFew); exec \"$0\" \"$@\"")
      let least = try #require(refused.errors.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) })
      let ending = try TareProcess.run(
        Self.train(folder, how), through: "ulimit \(flag) \(least); exec \"$0\" \"$@\"")
      #expect(ending.exitCode == 0, "\(ending.errors)")
    }

    @Test("a member that was started by hand has limits too")
    func member() throws {
      let ending = try TareProcess.run(
        "worker --join tcp://127.0.0.1:1".split(separator: " ").map(String.init),
        through: "ulimit -n 24; exec \"$0\" \"$@\"")
      #expect(ending.exitCode == 74)
      #expect(ending.errors == "tare: this process is limited to 24 open files (ulimit -n); accepted: at least 32\n")
    }

    @Test("a pipe for a data file is refused by name, at once")
    func pipe() throws {
      let folder = try TemporaryFolder()
      for (name, bytes) in Samples.mnistFolder { try folder.write(bytes, to: name) }
      let name = "train-labels-idx1-ubyte"
      try FileManager.default.removeItem(atPath: folder.file(name))
      try #require(unsafe mkfifo(folder.file(name), 0o600) == 0)
      let ending = try TareProcess.run(
        SmallRun.arguments("--dataset mnist --data \(folder.path) --network mlp", output: folder.file("run")))
      #expect(ending.exitCode == 65)
      #expect(ending.errors == "tare: Data file \(folder.file(name)) is not a regular file.\n")
    }

    private static let hidesProc =
      "--user --map-root-user --mount sh -c 'mount -t tmpfs none /proc && exec \"$0\" \"$@\"'"
    private static var canHideProc: Bool {
      (try? TareProcess.run([], through: "exec unshare \(hidesProc) /bin/true"))?.exitCode == 0
    }

    @Test("without /proc a sentence says so", .enabled(if: canHideProc, "no user namespaces"))
    func noProc() throws {
      let ending = try TareProcess.run(["version"], through: "exec unshare \(Self.hidesProc) \"$0\" \"$@\"")
      #expect(ending.exitCode == 74)
      #expect(ending.errors == "tare: /proc cannot be read, where this process finds its arguments and its children\n")
    }

    @Test("names are shown, and not obeyed by a terminal")
    func escapes() throws {
      let ending = try TareProcess.run(["watch", "runs/\u{1B}[31mred\u{9B}1m"])
      #expect(ending.exitCode == 64)
      #expect(
        ending.errors.contains("runs/\\x1b[31mred\\x9b1m") && !ending.errors.contains("\u{1B}"), "\(ending.errors)")
    }

    @Test("nobody can join a run whose members are threads, and the message says why")
    func threads() throws {
      let folder = try TemporaryFolder()
      let run = try TareProcess(Self.train(folder, "--launcher threads --steps 1000000"))
      _ = try #require(run.waitForError(containing: "step "))
      let ending = try TareProcess.run(["workers", folder.file("run")])
      #expect(ending.exitCode == 69)
      #expect(ending.errors.contains("its members are its threads"), "\(ending.errors)")
      run.signal(SIGTERM)
      #expect(run.finish().exitCode == 143)
    }
  }
}
