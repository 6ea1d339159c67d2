import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("JSON logs")
  struct LogFormat {
    /// By the documentation of `--log-format`, and read without the program's own types.
    private struct Line: Decodable {
      let time: String
      let level: String
      let label: String
      let message: String
      let run: String?
      let role: String?
      let rank: Int?
      let generation: Int?
      let step: Int?
    }

    /// - Returns: each line, all of which must be JSON objects with a time, a level, a label and a message.
    private func lines(of text: String) throws -> [Line] {
      let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
      return try text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
        let line = try #require(
          try? JSONDecoder().decode(Line.self, from: Data(line.utf8)), "no JSON object with the keys: \(line)")
        #expect(try line.time.hasSuffix("Z") && Date(line.time, strategy: format) < Date(), "\(line.time)")
        #expect(["trace", "debug", "info", "notice", "warning", "error", "critical"].contains(line.level))
        return line
      }
    }

    private static let run = "--network mlp --batch 64 --microbatch 16 --progress plain --log-format json"

    @Test("every line of stderr and of log.txt is an object, with run, role, generation and step where they are known")
    func run() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun("\(Self.run) --steps 20 --servers 2", in: folder.file("run"))
      let log = try lines(of: run.text("log.txt"))
      #expect(log.allSatisfy { $0.role == "coordinator" && $0.generation != nil })
      #expect(log.contains { $0.message == "server 1 joined" && $0.label == "coordinator" && $0.level == "info" })
      #expect(log.last?.step == 20, "\(log)")
      let session = try #require(log.first?.run)
      #expect(session.count == 16 && log.allSatisfy { $0.run == session })
      let errors = try lines(of: run.ending.errors)
      #expect(errors.contains { $0.message.hasPrefix("step 20/20") && $0.step == 20 && $0.run == session }, "\(errors)")
      #expect(errors.allSatisfy { $0.label == "tare" })
      // Python has another opinion of what JSON is than Foundation.
      if let python = PythonProgram.interpreter("TARE_PYTHON_CLIENT", importing: "json") {
        let program = "import json, sys; print(len([json.loads(x)['time'] for x in open(sys.argv[1])]))"
        #expect(try PythonProgram.run(python, program, [folder.file("run/log.txt")]).output == "\(log.count)\n")
      }
    }

    @Test("an error is an object too, before there is a run")
    func refused() throws {
      let ending = try TareProcess.run(["train", "--log-format", "json", "--steps", "0"])
      let line = try #require(try lines(of: ending.errors).first)
      #expect(ending.exitCode == 64 && line.level == "error" && line.message.hasPrefix("steps is 0"), "\(line)")
    }

    @Test("a member that joins from elsewhere is told, and says who it is")
    func member() throws {
      let folder = try TemporaryFolder()
      let run = try TareProcess(
        SmallRun.arguments(
          "\(Self.run) --launcher none --listen tcp://127.0.0.1:0 --workers 1 --steps 1000000",
          output: folder.file("run")))
      let said = try #require(run.waitForError(containing: " tare worker --join "))
      let words = try lines(of: said).map(\.message).joined(separator: "\n")
      let server = try PrintedCommand("server", in: words).start()
      let worker = try PrintedCommand("worker", in: words).start()
      // Both have read what they were told when they joined.
      _ = try #require(run.waitForError(containing: "step 2/"))
      worker.signal(SIGTERM)
      let leaving = try #require(worker.waitForError(containing: "another signal ends it at once"))
      let line = try #require(try lines(of: leaving).last)
      #expect(line.role == "worker" && line.rank == 0, "\(leaving)")
      #expect(try line.run == lines(of: said).compactMap(\.run).first, "\(leaving)")
      run.signal(SIGTERM)
      let ending = run.finish()
      #expect(ending.exitCode == 143)
      _ = try lines(of: ending.errors)
      _ = try lines(of: String(decoding: folder.read("run/log.txt"), as: UTF8.self))
      for member in [server, worker] { _ = try lines(of: member.finish().errors) }
    }
  }
}
