import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// The paper's claims, as people judge them.
  @Suite("Claims")
  struct ClaimsCommand {
    private static func arguments(_ arguments: String, output: String) -> [String] {
      ("claims \(arguments) --output \(output)").split(separator: " ").map(String.init)
    }

    /// FaultTests judges claims 1 to 10 and 29 in one process; here are the one that it leaves out, and the one about processes.
    @Test("exact claims hold, through real processes")
    func exact() throws {
      let folder = try TemporaryFolder()
      let claims = TestSize.exactClaims
      let ending = try TareProcess.run(
        Self.arguments("\(claims.flags) --reduced --json", output: folder.file("claims")))
      let report = try ending.json
      let verdicts = try #require(report["claims"] as? [[String: Any]])
      #expect(verdicts.compactMap { $0["claim"] as? Int } == claims.numbers)
      #expect(report["allHold"] as? Bool == true, "\(ending.errors)")
      #expect(ending.exitCode == 0)
      let page = String(decoding: try folder.read("claims/claims.md"), as: UTF8.self)
      #expect(page.contains("\(claims.numbers.count) claims hold"))
      #expect(try JSONSerialization.jsonObject(with: Data(folder.read("claims/claims.json"))) is [String: Any])
    }

    private static func expectEquilibrium(_ arguments: String) throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(
        Self.arguments("\(arguments) --reduced --seeds 3 --json", output: folder.file("claims")))
      let report = try ending.json
      #expect(report["allHold"] as? Bool == true, "\(report)")
      #expect(ending.exitCode == 0)
    }

    @Test("layers rotate equally in equilibrium, on the embedded images")
    func equilibrium() throws { try Self.expectEquilibrium("--claim 17") }

    @Test(
      "angle and norm settle where they are predicted, on the digits that the tolerances are meant for",
      .enabled(if: SharedData.isPresent, "a folder of MNIST and CIFAR-10 files, as TARE_DATA names"))
    func calibratedEquilibrium() throws {
      try Self.expectEquilibrium(
        "--claim 11 --claim 12 --claim 17 --dataset mnist --data \(SharedData.folder("mnist"))")
    }

    @Test("the list has every claim with what it needs and how long it takes, and tests nothing")
    func list() throws {
      let folder = try TemporaryFolder()
      let json = try TareProcess.run(["claims", "--list", "--json"]).json
      let claims = try #require(json["claims"] as? [[String: Any]])
      #expect(claims.count == 30 && claims.allSatisfy { ($0["expectedSeconds"] as? Double ?? 0) > 0 })
      let text = try TareProcess.run(
        ["claims", "--list"], through: "cd '\(folder.path)' && exec \"$0\" \"$@\"")
      #expect(text.exitCode == 0 && text.errors.isEmpty)
      let lines = text.output.split(separator: "\n")
      #expect(lines.count { $0.hasPrefix("A, exact") || $0.hasPrefix("B, eq") || $0.hasPrefix("C, out") } == 3)
      #expect(lines.count { $0.contains(" runs, about ") || $0.contains(" run, about ") } == 30)
      #expect(text.output.contains("\"reported\" beside a comparison means"))
      #expect(try folder.names.isEmpty, "nothing is written")
      #expect(try TareProcess.run(["claims", "--list", "--claim", "99"]).exitCode == 64)
    }

    @Test("a report on claims shows their own figures, and no test error")
    func figures() throws {
      let folder = try TemporaryFolder()
      let claims = folder.file("claims")
      #expect(try TareProcess.run(Self.arguments("--claim 1 --claim 10 --reduced", output: claims)).exitCode == 0)
      #expect(try TareProcess.run(["report", claims]).exitCode == 0)
      let figures = try FileManager.default.contentsOfDirectory(atPath: claims + "/report/figures")
      #expect(Set(figures.filter { $0.hasSuffix(".svg") }) == ["claim-1.svg", "claim-10.svg"])
      let csv = String(decoding: try folder.read("claims/report/figures/claim-1.csv"), as: UTF8.self)
      for alpha in ["0.0625", "4.0", "64.0"] { #expect(csv.contains(",float,\(alpha),0.0,"), "\(csv)") }
      #expect(csv.contains(",\"ε kept, double\",64.0,"))
    }

    @Test("trained runs are not trained again, and the page is the same")
    func resumed() throws {
      let folder = try TemporaryFolder()
      let arguments = Self.arguments("--claim 10 --reduced", output: folder.file("claims"))
      func started() throws -> [String] {
        let runs = folder.file("claims/runs")
        return try FileManager.default.contentsOfDirectory(atPath: runs).sorted().map {
          let record = try #require(FileManager.default.contents(atPath: "\(runs)/\($0)/run.json"))
          let json = try JSONSerialization.jsonObject(with: record) as? [String: Any]
          return try #require(json?["started"] as? String)
        }
      }
      #expect(try TareProcess.run(arguments).exitCode == 0)
      let first = try started()
      #expect(first.count == 4)
      // A run that did not come to its end is trained anew.
      let runs = try FileManager.default.contentsOfDirectory(atPath: folder.file("claims/runs")).sorted()
      let broken = "\(folder.file("claims/runs"))/\(runs[0])/run.json"
      let record = String(decoding: try #require(FileManager.default.contents(atPath: broken)), as: UTF8.self)
      try record.replacing("\"status\" : \"done\"", with: "\"status\" : \"running\"")
        .write(toFile: broken, atomically: true, encoding: .utf8)
      let weights = "\(folder.file("claims/runs"))/\(runs[0])/weights/final.safetensors"
      try FileManager.default.removeItem(atPath: weights)
      #expect(try TareProcess.run(arguments).exitCode == 0)
      #expect(FileManager.default.fileExists(atPath: weights))
      #expect(try started().dropFirst() == first.dropFirst())
    }

    @Test("a signal ends the running runs, and keeps the finished ones")
    func interrupted() throws {
      let folder = try TemporaryFolder()
      let process = try TareProcess(Self.arguments("--claim 4", output: folder.file("claims")))
      _ = try #require(process.waitForChild())
      process.signal(SIGINT)
      let ending = process.finish()
      #expect(ending.exitCode == 130)
      #expect(ending.errors.contains("interrupted by signal 2"))
      process.expectNothingLeft()
    }

    @Test(
      "bad input is one sentence",
      arguments: [
        ("--group D", "--group is \"D\"; accepted: A, B or C."), ("--claim 99", "--claim is 99; accepted: 1, 2, 3"),
        ("--seeds 0", "--seeds is 0; accepted: a whole number from 1 to 1000."),
        ("--dataset mnst", "dataset \"mnst\" is unknown"), ("--network conv9", "network \"conv9\" is unknown"),
        ("--claim 1 --dataset mnist", "dataset.path (--data) is missing"),
        ("--claim 4 --group B", "which is not in group B"), ("--claim 13 --network conv3", "accepted there: 1, 2, 3"),
      ])
    func badInput(arguments: String, sentence: String) throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(Self.arguments(arguments, output: folder.file("claims")))
      #expect(ending.exitCode == 64)
      #expect(ending.errors.contains(sentence), "\(ending.errors)")
      #expect(ending.errors.split(separator: "\n").count == 1)
      #expect(ending.output.isEmpty)
      #expect(try folder.names.isEmpty)
    }
  }
}
