import ArgumentParser
import Claims
import Failures
import Foundation
import Records
import Specification
import Synchronization

struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract: "Test the paper's claims by experiment.",
    discussion: """
      Every claim is an experiment on the real system: servers, workers, transport. Group A is exact and takes two \
      minutes, B measures equilibria and takes up to half an hour on two cores, C compares test errors and may take \
      hours. Runs are kept in the output folder; repeating the command continues where an earlier one stopped.

      Stdout gets one line per claim, with --verbose every comparison too; claims.json and claims.md in the output folder \
      hold them all. A comparison that is "reported" is shown and not judged: it has no part in the verdict, because \
      theory says nothing of it, or no tolerance was fixed before it was looked at.

      EXAMPLES
        tare claims --list
        tare claims --group A
        tare claims --group B --dataset mnist --data ~/mnist --seeds 3
        tare claims --claim 4 --json
        tare claims --group B --network conv3 --dataset cifar-10 --data ~/cifar-10

      EXIT CODES
        0 all claims hold, 1 some do not, 69 another command is using the folder, and those of "tare train"
      """)

  @Option(help: ArgumentHelp("A, B or C (default: A, unless --claim is given).", valueName: "group"))
  var group: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Test only this claim; may be repeated.", valueName: "number"))
  var claim: [Int] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seeds of each statistical experiment; at least 3 in group B and 5 in C.", valueName: "k"))
  var seeds: Int?

  @Option(help: ArgumentHelp("Images to train on; groups B and C were calibrated on mnist.", valueName: "name"))
  var dataset = "glyphs"

  @Option(help: ArgumentHelp("Folder with the data set's files.", valueName: "folder"))
  var data: UserPath?

  @Option(help: ArgumentHelp("mlp; conv3 for group A and claims 11, 12 and 17.", valueName: "preset"))
  var network = "mlp"

  @Option(
    help: ArgumentHelp(
      "Folder for runs and results (default: claims/<group>-<network> or claims/claim-<number>).", valueName: "folder"))
  var output: UserPath?

  @Flag(help: "List the claims, what each needs and how long it takes; test nothing.")
  var list = false

  @Flag(help: "Fewer steps and configurations, the same tolerances.")
  var reduced = false

  @Flag(help: "Print every comparison of every claim.")
  var verbose = false

  @Flag(help: "Print one JSON object instead of the tables.")
  var json = false

  @OptionGroup var progress: ProgressOption

  func run() throws {
    let template = try setting()
    guard !list else { return try show(template) }
    let claims = try selected(on: template.network)
    // Before anything is written.
    try template.spec { $0.steps = 1 }.validate()
    let folder = output?.trimmed ?? defaultFolder(claims)
    let meter = try progress.meter("claims", of: claims.count, "judged")
    let judged = Atomic<Int>(0)
    let laboratory = try RunLaboratory(folder: folder) { trained, asked in
      meter.advance(to: Double(judged.load(ordering: .relaxed)) + 0.9 * Double(trained) / Double(max(asked, 1)))
    }
    SignalHandling.follow(first: laboratory.interrupt, second: {})
    let verdicts: [Verdict]
    do {
      verdicts = try Claims.judge(claims, in: laboratory) { group in
        var setting = template
        setting.seeds = seeds ?? group.defaultSeeds
        return setting
      } told: { verdict in
        meter.tell("claim \(verdict.claim): \(verdict.mark)")
        meter.advance(to: judged.add(1, ordering: .relaxed).newValue)
      }
    } catch {
      guard json else {
        meter.end()
        var next = NextSteps()
        next.addAgain("continue; the runs that are done are kept")
        throw ResumableError(cause: error, next: next)
      }
      try print(try JSONOutput.text(of: UnfinishedClaims(folder: folder, after: error)))
      throw error
    }
    meter.end()
    let report = ClaimsRecord(verdicts: verdicts, folder: folder, setting: describe(template, claims))
    let text = try JSONOutput.text(of: report)
    try AtomicFile.write(Array((text + "\n").utf8), to: "\(folder)/\(ClaimsRecord.fileName)")
    try AtomicFile.write(Array((report.markdown + "\n").utf8), to: folder + "/claims.md")
    if json {
      try print(text)
    } else {
      for line in verbose ? report.comparisons : report.lines() { try print(line) }
      var next = NextSteps()
      next.add(NextSteps.report(on: folder), "a page with a figure for each claim")
      if progress.isShown { next.print() }
    }
    if !report.allHold { throw ReportedFailure() }
  }

  /// All claims, or those of the group and numbers asked for.
  private func show(_ template: Setting) throws {
    let isAll = group == nil && claim.isEmpty
    let list = ClaimsList(isAll ? Claims.all : try selected(on: template.network)) { group in
      var setting = template
      setting.seeds = seeds ?? group.defaultSeeds
      return setting
    }
    guard !json else { return try print(JSONOutput.text(of: list)) }
    for line in list.lines { try print(line) }
  }

  /// The claims asked for, in the order of their numbers.
  func selected(on network: NetworkSpec.Preset) throws(UsageError) -> [any Claim] {
    var wanted: ClaimGroup?
    if let group {
      guard let known = ClaimGroup(rawValue: group.uppercased()) else {
        throw UsageError(field: "group", "--group is \"\(group)\"; accepted: A, B or C.")
      }
      wanted = known
    }
    for number in claim where !Claims.all.contains(where: { $0.number == number }) {
      let numbers = Claims.all.map { "\($0.number)" }.joined(separator: ", ")
      throw UsageError(field: "claim", "--claim is \(number); accepted: \(numbers).")
    }
    let inGroup = Claims.all.filter { wanted == nil || $0.group == wanted }
    let asked =
      claim.isEmpty ? inGroup.filter { $0.group == wanted ?? .exact } : inGroup.filter { claim.contains($0.number) }
    guard !asked.isEmpty else {
      throw UsageError(
        field: "claim",
        "--claim is \(claim.map(String.init).joined(separator: ", ")), which is not in group \(wanted?.rawValue ?? ""); leave "
          + "--group out.")
    }
    let calibrated = asked.filter { $0.isCalibrated(for: network) }
    guard !calibrated.isEmpty else {
      let others = Claims.all.filter { $0.isCalibrated(for: network) }.map { "\($0.number)" }.joined(separator: ", ")
      throw UsageError(
        field: "network",
        "--network is \(network.rawValue), on which claim \(asked.map { "\($0.number)" }.joined(separator: ", ")) is not "
          + "calibrated; accepted there: \(others).")
    }
    return calibrated
  }

  /// Single claims get their own folder, so the page of a whole group is not overwritten.
  private func defaultFolder(_ claims: [any Claim]) -> String {
    guard claim.isEmpty else { return "claims/claim-" + claims.map { "\($0.number)" }.joined(separator: "-") }
    return "claims/\(Set(claims.map(\.group.rawValue)).sorted().joined())-\(network)"
  }

  private func setting() throws(UsageError) -> Setting {
    var dataset = DatasetSpec()
    guard let name = DatasetSpec.Name(rawValue: self.dataset) else {
      throw .unknown("dataset", self.dataset, accepted: DatasetSpec.Name.allCases.map(\.rawValue))
    }
    dataset.name = name
    dataset.path = data?.text
    guard let preset = NetworkSpec.Preset.predefined.first(where: { $0.rawValue == network }) else {
      throw .unknown("network", network, accepted: NetworkSpec.Preset.predefined.map(\.rawValue))
    }
    if let seeds, !(1...1000).contains(seeds) {
      throw UsageError(field: "seeds", "--seeds is \(seeds); accepted: a whole number from 1 to 1000.")
    }
    return Setting(dataset: dataset, network: preset, seeds: seeds ?? 1, isReduced: reduced)
  }

  private func describe(_ setting: Setting, _ claims: [any Claim]) -> String {
    let groups = Set(claims.map(\.group)).filter { $0 != .exact }.map { seeds ?? $0.defaultSeeds }
    let repeated = groups.max().map { ", \(setting.isReduced ? "" : "at least ")\($0) seeds" } ?? ""
    let length = setting.isReduced ? ", reduced" : ""
    return "\(setting.dataset.name.rawValue), \(setting.network.rawValue)\(repeated)\(length)"
  }
}

extension ClaimGroup {
  fileprivate var defaultSeeds: Int {
    switch self {
    case .exact: 1
    case .equilibrium: 3
    case .outcome: 5
    }
  }
}
