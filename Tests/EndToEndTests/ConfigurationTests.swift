import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Configuration")
  struct ConfigurationTests {
    private static func plan(_ text: String, in folder: TemporaryFolder) throws -> String {
      try folder.write(Array(text.utf8), to: "plan.yaml")
      return folder.file("plan.yaml")
    }

    /// The fields that are given, with the place of each.
    private static func changed(
      _ arguments: [String], _ variables: [String: String]
    ) throws -> [String: String] {
      struct Printed: Decodable {
        struct Field: Decodable { let field: String, source: String, place: String }
        let fields: [Field]
      }
      let process = try TareProcess(["plan", "show", "--changed", "--json"] + arguments, variables: variables)
      let ending = process.finish()
      #expect(ending.exitCode == 0 && ending.errors.isEmpty, "\(ending.errors)")
      let printed = try JSONDecoder().decode(Printed.self, from: Data(ending.output.utf8))
      return Dictionary(uniqueKeysWithValues: printed.fields.map { ($0.field, "\($0.source) \($0.place)") })
    }

    @Test("plan, then environment, then flags, then --set; each value says where it is from")
    func precedence() throws {
      let folder = try TemporaryFolder()
      let plan = try Self.plan("l2: 1\nseed: 2\nbatch: 64\ninitScale: 3\n", in: folder)
      let found = try Self.changed(
        [plan, "--seed", "5", "--set", "initScale=2"],
        ["TARE_SEED": "4", "TARE_L2": "0.5", "TARE_INIT_SCALE": "9", "TARE_EXECUTION_WORKERS": ""])
      #expect(
        found == [
          "l2": "environment TARE_L2", "seed": "flag --seed", "batch": "plan \(plan) line 3",
          "initScale": "flag --set",
        ])
    }

    @Test("the printed plan trains the same run as what it was made of")
    func sameRun() throws {
      let folder = try TemporaryFolder()
      let given = ["--network", "mlp", "--steps", "6", "--launcher", "threads", "--lr", "0.03"]
      let variables = ["TARE_L2": "0.001", "TARE_SEED": "3"]
      let printed = try TareProcess(["plan", "show"] + given, variables: variables).finish()
      let plan = try Self.plan(printed.output, in: folder)
      let quiet = ["--json", "--progress", "none", "--output"]
      let expected = try TareProcess(["train"] + given + quiet + [folder.file("a")], variables: variables).finish()
      let again = try TareProcess(["train", plan] + quiet + [folder.file("b")]).finish()
      #expect(try again.weightsSHA256 == expected.weightsSHA256)
      let like = try TareProcess(["train", "--like", folder.file("a")] + quiet + [folder.file("c")]).finish()
      #expect(try like.weightsSHA256 == expected.weightsSHA256)
      let other = try TareProcess(
        ["train", "--like", folder.file("a/run.json"), "--set", "l2=0.1"] + quiet + [folder.file("d")]
      ).finish()
      #expect(try other.exitCode == 0 && other.weightsSHA256 != expected.weightsSHA256)
    }

    @Test(
      "every command that takes a plan takes the environment, too, and names a bad variable",
      arguments: [
        "train", "plan show", "audit", "network show mlp", "sweep PLAN", "drill", "soak --minutes 1", "submit PLAN",
      ])
    func refused(command: String) throws {
      let folder = try TemporaryFolder()
      let plan = try Self.plan(command.hasPrefix("sweep") ? "sweep: s\naxes: {l2: [0, 1]}\n" : "l2: 1\n", in: folder)
      let words = command.split(separator: " ").map { $0 == "PLAN" ? plan : String($0) }
      let arguments = words + (command.hasPrefix("submit") ? ["--nodes", "1", "--dry-run"] : [])
      let ending = try TareProcess(arguments, variables: ["TARE_SEED": "-1"]).finish()
      #expect(ending.exitCode == 64 && ending.errors.contains("TARE_SEED: seed is -1"), "\(ending.errors)")
    }

    @Test("a variable that is almost a field gets one warning, and the command goes on")
    func note() throws {
      let ending = try TareProcess(["plan", "show"], variables: ["TARE_SEDE": "1", "TARE_NOTHING_LIKE": "1"]).finish()
      #expect(
        ending.exitCode == 0
          && ending.errors
            == "warning: the environment variable TARE_SEDE is no field and has no effect; did you mean TARE_SEED?\n"
      )
    }

    @Test("a run to start from that is none, or beside a plan, is refused")
    func likeNothing() throws {
      let folder = try TemporaryFolder()
      let plan = try Self.plan("l2: 1\n", in: folder)
      for (arguments, words) in [
        (["--like", folder.file("nowhere")], "which is no run"), (["--like", folder.path], "which is no run"),
        ([plan, "--like", plan], "one of the two"), (["--resume", "x", "--like", plan], "--like or --resume"),
      ] {
        let ending = try TareProcess(["train"] + arguments).finish()
        #expect(ending.exitCode == 64 && ending.errors.contains(words), "\(ending.errors)")
      }
    }
  }
}
