import Foundation
import TestSupport
import Testing

import tare

/// The script of a job, with a `tare` and an scontrol that only say what they are asked.
@Suite("Batch script, played")
struct PlayedBatchScriptTests {
  private static let script = BatchScript(
    .run, name: "a", cores: 3, notice: 60, folder: "/w", program: "tare", plan: "p.yaml", output: "run")

  /// Runs the script with a `tare` that does `body`, and an scontrol that writes down what it is asked.
  ///
  /// - Parameter signal: sent when `tare` has written a line.
  private static func play(
    _ body: String, in folder: TemporaryFolder, signal: Int32? = nil
  ) throws -> (status: Int32, said: String, asked: String) {
    var script = script
    (script.program, script.output, script.plan) = (folder.file("tare"), folder.file("my run"), "p.yaml")
    for (name, text) in [
      ("tare", "#!/bin/bash\n\(body)\n"), ("scontrol", "#!/bin/bash\necho \"$@\" >> '\(folder.file("asked"))'\n"),
      ("script", script.text),
    ] {
      try Data(text.utf8).write(to: URL(filePath: folder.file(name)))
      unsafe chmod(folder.file(name), 0o755)
    }
    let output = Pipe()
    let process = try SpawnedProcess(
      "/bin/bash", [folder.file("script")], environment: ["PATH": "\(folder.path):/usr/bin:/bin", "SLURM_JOB_ID": "7"],
      output: output.fileHandleForWriting.fileDescriptor, errors: output.fileHandleForWriting.fileDescriptor)
    try output.fileHandleForWriting.close()
    var said = Data()
    while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
      if let signal, said.isEmpty { process.signal(signal) }
      said += data
    }
    #expect(process.waitForEnd(within: Deadline.event))
    let asked = (try? folder.read("asked")) ?? []
    return (process.exitCode ?? -1, String(decoding: said, as: UTF8.self), String(decoding: asked, as: UTF8.self))
  }

  /// Waits for TERM, and counts how often it comes.
  private static func stopped(with status: Int, after first: String = ":") -> String {
    """
    count=0; trap 'count=$((count + 1))' TERM; \(first)
    echo ready; while [ $count = 0 ] && [ $SECONDS -lt 120 ]; do sleep 0.01; done; sleep 0.1; echo "$count"; exit \(status)
    """
  }

  @Test("a new run gets the plan, one that is there is resumed; the exit status is tare's")
  func start() throws {
    let folder = try TemporaryFolder()
    let first = try Self.play("echo \"$@\"; exit 69", in: folder)
    #expect(first.status == 69 && first.said == "train p.yaml --output \(folder.file("my run")) --launcher slurm\n")
    try FileManager.default.createDirectory(atPath: folder.file("my run"), withIntermediateDirectories: true)
    try folder.write([], to: "my run/run.json")
    let second = try Self.play("echo \"$@\"", in: folder)
    #expect(second.status == 0 && second.said == "train --resume \(folder.file("my run")) --launcher slurm\n")
    #expect(first.asked + second.asked == "")
  }

  @Test("USR1 stops the run with one TERM, and requeues the job")
  func warned() throws {
    let end = try Self.play(Self.stopped(with: 143), in: TemporaryFolder(), signal: SIGUSR1)
    #expect(end.status == 143 && end.said == "ready\n1\n" && end.asked == "requeue 7\n")
  }

  @Test("USR1 that comes before the shell knows the process is not lost, and still one TERM")
  func warnedEarly() throws {
    // The process that will be `tare` tells its parent, which may not have gone on yet.
    let body = Self.stopped(with: 143, after: "kill -USR1 $PPID")
    for _ in 0..<10 {
      let end = try Self.play(body, in: TemporaryFolder())
      #expect(end.status == 143 && end.said.hasSuffix("1\n") && end.asked == "requeue 7\n", "\(end)")
    }
  }

  @Test("a run that was done when USR1 came is not requeued, and one that failed tells so")
  func warnedAtTheEnd() throws {
    for status in [0, 70] {
      let end = try Self.play(Self.stopped(with: status), in: TemporaryFolder(), signal: SIGUSR1)
      #expect(end.status == status && end.asked == "")
    }
  }

  @Test("TERM, which Slurm sends to every process, is not passed on, and not followed by a requeue")
  func canceled() throws {
    let body = "echo ready; sleep 0.3; exit 143"
    let end = try Self.play(body, in: TemporaryFolder(), signal: SIGTERM)
    #expect(end.status == 143 && end.asked == "")
  }
}
