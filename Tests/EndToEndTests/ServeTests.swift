import CDescriptors
import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Serve")
  struct Serve {
    private struct News: Decodable {
      struct Report: Decodable { let runs: [Run] }
      struct Run: Decodable { let status: String }
      struct Curves: Decodable { let steps: [Int] }

      let data: Report
      let curves: [Curves]
    }

    /// Where it says that it listens, once it does.
    private func port(of serve: TareProcess) throws -> UInt16 {
      let output = try #require(serve.waitForOutput(containing: "/\n"), "\(serve.finish().errors)")
      let url = try #require(URL(string: output.trimmingCharacters(in: .newlines)))
      #expect(url.scheme == "http" && url.host == "127.0.0.1" && url.path == "/")
      return try #require(url.port.flatMap(UInt16.init))
    }

    /// Asks until the data says so.
    private func news(on port: UInt16, until isWanted: (News) -> Bool) throws -> News {
      let deadline = ContinuousClock.now + .eventDeadline
      while true {
        let news = try JSONDecoder().decode(News.self, from: PlainHTTP("/data.json", port: port).body)
        if isWanted(news) { return news }
        try #require(ContinuousClock.now < deadline, "it never came: \(news)")
      }
    }

    @Test("shows the steps of another process's run live, and how it ended")
    func live() throws {
      let folder = try TemporaryFolder()
      let path = folder.file("run")
      let flags =
        "train --network mlp --set dataset.limit=256 --batch 64 --microbatch 32 --launcher threads --workers 1 "
        + "--steps 100000 --metrics-every 10 --progress plain --output \(path)"
      let run = try TareProcess(flags.split(separator: " ").map(String.init))
      _ = try #require(run.waitForError(containing: "step "))
      let serve = try TareProcess(["serve", path])
      let port = try port(of: serve)
      #expect(try PlainHTTP("/", port: port).text.contains("<title>Run run</title>"))
      let first = try news(on: port) { !$0.curves[0].steps.isEmpty }
      #expect(first.data.runs[0].status == "running")
      let before = try #require(first.curves[0].steps.last)
      _ = try news(on: port) { ($0.curves[0].steps.last ?? 0) > before }
      #expect(try PlainHTTP("/", port: port, host: "evil.example").status == 421)
      #expect(try PlainHTTP("/", method: "POST", port: port).status == 405)
      run.signal(SIGTERM)
      #expect(run.finish().exitCode == 143)
      let last = try news(on: port) { $0.data.runs[0].status == "interrupted" }
      #expect(last.curves[0].steps.last ?? 0 > before)
      serve.signal(SIGTERM)
      let ending = serve.finish()
      #expect(ending.exitCode == 143 && ending.errors.isEmpty, "\(ending.errors)")
      serve.expectNothingLeft()
      #expect(throws: PlainHTTP.Failure.self) { try PlainHTTP("/", port: port) }
    }

    @Test("a root folder: an overview, and behind its links the live report of each run")
    func root() throws {
      let folder = try TemporaryFolder()
      for name in ["a b", "c"] {
        let run = try TareProcess.run([
          "train", "--network", "mlp", "--set", "dataset.limit=256", "--batch", "64", "--microbatch", "32", "--steps",
          "2",
          "--json", "--output", folder.file(name),
        ])
        #expect(run.exitCode == 0, "\(run.errors)")
      }
      let serve = try TareProcess(["serve", folder.path])
      let port = try port(of: serve)
      let page = try PlainHTTP("/", port: port)
      #expect(page.status == 200 && page.text.contains("<a href=\"/at/a%20b/\">a b</a>"))
      let report = try PlainHTTP("/at/a%20b/", port: port)
      #expect(report.status == 200 && report.text.contains("<title>Run a b</title>"))
      let news = try JSONDecoder().decode(News.self, from: PlainHTTP("/at/a%20b/data.json", port: port).body)
      #expect(news.data.runs.map(\.status) == ["done"])
      for path in ["/at/", "/at/nowhere/", "/at/../a%20b/", "/at/a%20b/run.json", "/data.json"] {
        #expect(try PlainHTTP(path, port: port).status == 404, "\(path)")
      }
      serve.signal(SIGTERM)
      _ = serve.finish()
    }

    @Test("a report on a root folder links to the reports below it; without a folder the newest is taken")
    func reports() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun("--network mlp --steps 2", in: folder.file("runs/x"))
      let newest = try TareProcess.run(["report"], through: "cd '\(folder.path)' && exec \"$0\" \"$@\"")
      #expect(newest.exitCode == 0 && newest.output.contains("runs/x/report/index.html"), "\(newest.errors)")
      _ = try SmallRun("--network mlp --steps 1", in: folder.file("runs/y"))
      let overview = try TareProcess.run(["report", folder.file("runs"), "--output", folder.file("pages/all")])
      #expect(overview.output == "2 folders: \(folder.file("pages/all"))/index.html\n", "\(overview.errors)")
      let page = String(decoding: try folder.read("pages/all/index.html"), as: UTF8.self)
      let link = "../../runs/x/report/index.html"
      #expect(page.contains("<a href=\"\(link)\">x</a>") && page.contains("<td>y</td>"))
      #expect(FileManager.default.fileExists(atPath: folder.file("pages/all/\(link)")))
      _ = run
    }

    @Test("1,300 idle connections at 1,024 descriptors, and requests of a megabyte, keep nobody else out")
    func crowd() throws {
      tare_raise_descriptor_limit()
      let folder = try TemporaryFolder()
      let run = try SmallRun("--network mlp --steps 2", in: folder.file("run"))
      let serve = try TareProcess(["serve", run.folder, "--port", "0"], descriptors: 1024)
      let port = try port(of: serve)
      for _ in 0..<2 {
        let greedy = try RawClient(port: port)
        greedy.send(Array("GET /".utf8) + [UInt8](repeating: 0x61, count: 1 << 20))
      }
      let crowd = try (0..<1300).map { _ in try RawClient(port: port) }
      for (index, client) in crowd.enumerated() where index.isMultiple(of: 2) {
        _ = client.sendWithoutWaiting(Array("GET / HTTP/1.1\r\nHost".utf8))
      }
      #expect(try PlainHTTP("/data.json", port: port).status == 200)
      #expect(try PlainHTTP("/", port: port).text.contains("<title>Run run</title>"))
      withExtendedLifetime(crowd) {}
      let peak = try #require(RunningProcess(id: serve.id, arguments: []).peakMemory)
      #expect(peak < 400 << 20, "\(peak >> 20) MB")
      serve.signal(SIGTERM)
      #expect(serve.finish().exitCode == 143)
    }

    @Test("Ctrl-C ends it")
    func interrupted() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun("--network mlp --steps 2", in: folder.file("run"))
      let serve = try TareProcess(["serve", run.folder, "--port", "0"])
      _ = try port(of: serve)
      serve.signal(SIGINT)
      #expect(serve.finish().exitCode == 130)
      serve.expectNothingLeft()
    }

    @Test(
      "what cannot be served is refused in one sentence",
      arguments: [("nothing", "0", "holds no run"), ("nothing", "70000", "--port is 70000; accepted: 0 to 65535.")])
    func refused(name: String, port: String, sentence: String) throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(["serve", folder.file(name), "--port", port])
      #expect(ending.exitCode == 64 && ending.output.isEmpty, "\(ending.errors)")
      #expect(ending.errors.contains(sentence) && ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
    }
  }
}
