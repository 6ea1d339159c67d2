import ArgumentParser
import EffectiveLearningRate
import Failures
import Foundation
import Specification
import TestSupport
import Testing
import tare

@Suite("Command line")
struct CommandLineTests {
  private func spec(_ arguments: String...) throws -> RunSpec {
    try #require(try Tare.command(for: ["train"] + arguments) as? TrainCommand).spec()
  }

  private func ending(_ arguments: [String]) throws -> CommandExit {
    do {
      var command = try Tare.command(for: arguments)
      if let train = command as? TrainCommand { _ = try train.spec() } else { try command.run() }
    } catch {
      return CommandExit(of: error)
    }
    return try #require(nil as CommandExit?, "\(arguments) was accepted")
  }

  @Test("defaults, then the plan, then flags, then --set in order")
  func precedence() throws {
    let plan = FileManager.default.temporaryDirectory.appending(path: "tare-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: plan) }
    try Data("l2: 1\nseed: 11\nbatch: 64\noptimizer: {name: adam}\n".utf8).write(to: plan)
    let spec = try spec(
      "--set", "l2=3", plan.path, "--l2", "2", "--seed", "12", "--set", "initScale=4", "--set", "initScale=5")
    #expect(spec.l2 == 3)
    #expect(spec.seed == 12)
    #expect(spec.batch == 64)
    #expect(spec.optimizer.name.rawValue == "adam")
    #expect(spec.initScale == 5)
    #expect(spec.microbatch == RunSpec().microbatch)
  }

  @Test("an argument that is not UTF-8 is refused, and names keep their composition")
  func bytes() throws {
    let names = ["tare", "\u{E9}", "e\u{301}", ""]
    #expect(try Tare.words(of: names.map { Array($0.utf8) }).map { Array($0.utf8) } == names.map { Array($0.utf8) })
    let error = #expect(throws: UsageError.self) { try Tare.words(of: [Array("tare".utf8), [0x61, 0xFF]]) }
    #expect(error?.exitCode == 64 && error?.description.contains("argument 1, \"a\u{FFFD}\", is not UTF-8") == true)
  }

  @Test("a flag, --set and a folder's argument read ~ alike")
  func home() throws {
    let home = try #require(UserPath.home)
    #expect(try spec("--output", "~/x").execution.output == home + "/x")
    #expect(try spec("--set", "execution.output=~/x").execution.output == home + "/x")
    #expect(try spec("--dataset", "mnist", "--data", "~").dataset.path == home)
    for arguments in [["train", "~/nowhere.yaml"], ["runs", "--root", "~/nowhere"], ["watch", "~/nowhere"]] {
      #expect(try ending(arguments).text.contains(home + "/nowhere"), "\(arguments)")
    }
  }

  @Test("--output with --resume is refused, but for the run's own folder")
  func resumedOutput() throws {
    let words = "execution.output is \"y\", but the run to resume stays in its folder x"
    #expect(try ending(["train", "--resume", "x", "--output", "y"]).text.contains(words))
    #expect(try ending(["train", "--resume", "x", "--set", "execution.output=y"]).text.contains(words))
    #expect(try !ending(["train", "--resume", "x", "--output", "x/"]).text.contains("stays in its folder"))
  }

  @Test(
    "what is wrong with a key is said, without the key",
    arguments: [
      ("0123456789abcdef0123456789abcdeg", "is no hexadecimal number"),
      ("+123456789abcdef+123456789abcdef", "is no hexadecimal number"), ("12", "has 2 characters"),
      ("é123456789abcdef0123456789abcde", "has 31 char"),
    ])
  func key(key: String, words: String) throws {
    let folder = try TemporaryFolder()
    let file = folder.file("key")
    try Data(key.utf8).write(to: URL(filePath: file))
    let ending = try ending(["worker", "--join", "tcp://127.0.0.1:1", "--key-file", file])
    #expect(ending.exitCode == 64 && ending.text.contains("--key-file \(file) \(words)"), "\(ending.text)")
    #expect(key.count < 3 || !ending.text.contains(key))
  }

  @Test("aliases of the field", arguments: [("--lr", "--learning-rate", "0.5"), ("--batch-size", "--batch", "64")])
  func aliases(alias: String, flag: String, value: String) throws {
    #expect(try spec(alias, value) == spec(flag, value))
    #expect(try spec("--optimizer", "adam").optimizer.name.rawValue == "adam")
  }

  @Test("every flag of the field table is accepted and sets its field")
  func everyFlag() throws {
    let help = try ending(["train", "--help"]).text
    for field in SpecField.all {
      for flag in field.flags {
        #expect(help.contains("--\(flag)"), "add a property for \(field.path) to a group in TrainOptions.swift")
        let value = field.read(RunSpec().resolved).text
        let typed = value == "null" ? "1" : value
        let arguments = field.path == "execution.json" ? ["--\(flag)"] : ["--\(flag)", typed]
        let train = try #require(try Tare.command(for: ["train"] + arguments) as? TrainCommand)
        #expect(train.flags.map(\.path) == [field.path])
      }
    }
  }

  @Test("tags add up, and later flags win over earlier ones")
  func repeated() throws {
    #expect(try spec("--tag", "a", "--tag", "b").execution.tags == ["a", "b"])
    #expect(try spec("--seed", "1", "--seed", "2").seed == 2)
    #expect(try spec("--json").execution.json)
  }

  @Test(
    "an invalid argument is one line, exit 64",
    arguments: [
      (["train", "--learning-rte", "1"], "'--learning-rate'"), (["train", "--optimiser", "sgd"], "'--optimizer'"),
      (["train", "--optimizer", "nestrov"], "\"nesterov\""),
      (["train", "--lr", "nan"], "optimizer.learningRate is nan"),
      (["train", "--lr", "-1"], "optimizer.learningRate is -1"), (["train", "--lr"], "--lr"),
      (["train", "--lr", "--momentum", "0.9"], "optimizer.learningRate has no value"),
      (["train", "--batch", "100"], "multiple of microbatch 32"), (["train", "--workers", "5"], "5 × 1 = 5"),
      (
        ["train", "--set", "optimizer.nmae=sgd"],
        "field \"optimizer.nmae\" is unknown; did you mean \"optimizer.name\"? \"tare fields\" lists them all."
      ),
      (["train", "--set", "zzzzzzzz=1"], "field \"zzzzzzzz\" is unknown; \"tare fields\" lists them all."),
      (["train", "--set", "l2"], "setting \"l2\" is not understood; accepted: path=value"),
      (["train", "--dataset", "mnist"], "dataset.path (--data) is missing; accepted: the folder"),
      (["train", "--launcher", "none"], "execution.listen (--listen) is missing; accepted with launcher none"),
      (["train", "--steps", "1", "--epochs", "1"], "one of the two"), (["train", "a.yaml", "b.yaml"], "'b.yaml'"),
      (["train", "/nowhere/plan.yaml"], "/nowhere/plan.yaml"), (["trian"], "did you mean \"train\"?"),
      (["help", "trian"], "did you mean \"train\"?"), (["server"], "--join"), (["worker", "--threads", "2"], "--join"),
      (["bench", "--only", "stp"], "\"step\""), (["bench", "--seconds", "0"], "above 0"),
      (["bench", "--rounds", "-1"], "--rounds is -1"), (["runs", "--limit", "-1"], "--limit is -1"),
      (["network", "show", "mlp", "--classes", "-1"], "--classes is -1"), (["simulate", "--seeds", "-1"], "'-1'"),
      (
        ["simulate", "--seeds", "2", "--from", "18446744073709551614"], "--from is 18446744073709551614; accepted: 0 to"
      ),
      (
        ["measure", "a.safetensors", "--learning-rate", "0.1", "--steps", "-1,0"],
        "--steps is \"-1,0\"; accepted: whole numbers"
      ), (["bench", "--rounds", "0"], "1 to 1000"), (["bench", "--seconds", "nan"], "--seconds is nan"),
      (["explain", "nosieScale"], "did you mean \"noiseScale\"?"),
      (["explain", "zzzzzzzzzz"], "\"tare explain\" lists"),
      (["train", "--resume", "nowhere"], "holds no run"), (["train", "--hostz", "x"], "'--hostz'"),
    ])
  func refused(arguments: [String], words: String) throws {
    let ending = try ending(arguments)
    #expect(ending.exitCode == 64)
    #expect(!ending.isHelp)
    #expect(ending.text.contains(words), "\(ending.text)")
    #expect(!ending.text.contains("\n"), "\(ending.text)")
  }

  @Test("a sweep's plan that names a folder of its own is told the flag for the sweep's")
  func sweepFolder() {
    let error = SpecError(
      field: "execution.output", "execution.output is \"x\"; accepted: leave it out.",
      origin: "p.yaml line 3", suggestion: .nameSweepFolder)
    #expect(
      CommandExit(of: error).text == "tare: p.yaml line 3: execution.output is \"x\"; accepted: leave it out; "
        + "--output names the folder of the sweep.")
  }

  @Test(
    "help is a manual", arguments: [["--help"], ["help", "train"], ["train", "--help"], ["bench", "--help"], []])
  func help(arguments: [String]) throws {
    let ending = try ending(arguments)
    #expect(ending.exitCode == 0 && ending.isHelp)
    for part in ["EXAMPLES", "EXIT CODES", "USAGE"] { #expect(ending.text.contains(part)) }
    if arguments.contains("train") {
      for part in ["FILES WRITTEN", "metrics.csv", "PLAN FILES", "OPTIMIZER"] { #expect(ending.text.contains(part)) }
    }
  }

  /// Of all commands and what is below them.
  private static func commands(_ parent: any ParsableCommand.Type = Tare.self) -> [any ParsableCommand.Type] {
    [parent] + parent.configuration.subcommands.flatMap(commands)
  }

  @Test("help at 80 columns leaves the lines of a manual that fit, and breaks no command")
  func columns() {
    for command in Self.commands() {
      let help = HelpText.wrapped(columns: 80) { Tare.helpMessage(for: command, columns: $0) }
      let lines = help.split(separator: "\n")
      for line in command.configuration.discussion.split(separator: "\n") where line.hasPrefix("  ") {
        if line.count <= 80 { #expect(lines.contains(line), "\(line)") }
        let isCommand = line.wholeMatch(of: #/  (tare|srun|python3?|[A-Z_]+=\S+) .*/#) != nil
        #expect(!isCommand || line.count <= 80, "\(line)")
      }
      #expect(help.hasPrefix("OVERVIEW: ") && lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE: ") }, "\(help)")
    }
  }

  @Test("a line that is too long goes on below itself, or below the second column of a table")
  func hanging() {
    let manual = """
      OVERVIEW: Do it.

      Words that fit, and others.
        0 done, 64 an invalid flag
        name VALUE  the second column
                    of a table
        unbreakable-and-far-too-long-for-it

      USAGE: tare
      """
    let expected = """
      OVERVIEW: Do it.

      Words that fit, and
      others.
        0 done, 64 an
        invalid flag
        name VALUE  the
        second column
                    of a
                    table
        unbreakable-and-far-too-long-for-it

      USAGE: tare
      """
    #expect(HelpText.wrapped(columns: 20) { _ in manual } == expected)
    #expect(
      HelpText.wrapped(columns: 28) { _ in manual }.contains("\n  name VALUE  the second\n              column\n"))
    #expect(HelpText.wrapped(columns: 20) { _ in "tare 0.1.0 and no help at all" } == "tare 0.1.0 and no help at all")
  }

  @Test("tare fields shows every field")
  func fields() {
    let lines = FieldTable.text.split(separator: "\n")
    #expect(lines.count == SpecField.all.count + 1)
    for (line, field) in zip(lines.dropFirst(), SpecField.all) {
      #expect(line.contains(field.path) && line.contains(field.accepted))
    }
  }

  @Test("tare explain shows every metric, and all of one")
  func explain() throws {
    let lines = MetricGlossary.text.split(separator: "\n")
    #expect(lines.count == Metrics.all.count + 1)
    for (line, metric) in zip(lines.dropFirst(), Metrics.all) {
      let definition = metric.definition
      #expect(line.hasPrefix(definition.name.rawValue) && line.hasSuffix(definition.headline.rawValue))
      let text = try MetricGlossary.explanation(of: definition.name.rawValue)
      for part in [definition.name.rawValue, definition.definition, definition.unit, definition.source] {
        #expect(text.contains(part))
      }
    }
    let noise = try MetricGlossary.explanation(of: "gradientNoise")
    #expect(noise.contains("statistics  layer, min, p10, p50, p90, max") && noise.contains("headline    layer"))
  }
}
