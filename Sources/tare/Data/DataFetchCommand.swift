import ArgumentParser
import Datasets
import Downloads
import Failures
import Foundation
import Terminal
import Training

struct DataFetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Download a published data set, checked against its published checksums.",
    discussion: """
      Downloads MNIST, Fashion-MNIST, KMNIST, CIFAR-10 or CIFAR-100 into a folder that "tare train --data" reads. A file gets \
      its name only if its SHA-256 is the published one. A transfer that breaks off or is interrupted goes on where it \
      stopped: what has arrived is kept in a file whose name ends in .part. Files that are already there are checked, and \
      not downloaded again.

      Proxies come from the environment: http_proxy, https_proxy and no_proxy.

      EXAMPLES
        tare data fetch --list
        tare data fetch mnist
        tare data fetch cifar-10 --to ~/cifar-10
        tare data fetch mnist --mirror https://ossci-datasets.s3.amazonaws.com/mnist

      EXIT CODES
        0 done, 64 an unknown name, 65 a file that is not the published one,
        69 the server cannot be reached or keeps breaking off,
        74 a file cannot be written,
        129, 130 and 143 stopped by a signal
      """)

  @Argument(
    help: ArgumentHelp("The data set: \(Self.names.joined(separator: ", ")).", valueName: "name"),
    completion: .list(Self.names))
  var name: String?

  @Option(
    help: ArgumentHelp("The folder to download into (default: data/<name>).", valueName: "folder"),
    completion: .directory)
  var to: UserPath?

  @Option(
    help: ArgumentHelp("Download from this URL instead, which must have files of the same names.", valueName: "url"))
  var mirror: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Further attempts after one that brought nothing.", valueName: "n"))
  var retries = FileDownload.Patience().retries

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds without data after which an attempt ends.", valueName: "seconds"))
  var stall = FileDownload.Patience().stallSeconds

  @Flag(help: "List the data sets with size, source, license and citation.")
  var list = false

  @Flag(help: "Print one JSON object.")
  var json = false

  private static let names = PublishedDataset.all.map(\.name)

  func run() throws {
    if list, let name {
      throw UsageError(
        field: "list", "--list is given beside the data set \"\(name)\"; accepted: one of the two.")
    }
    if list { return try print(json ? JSONOutput.text(of: PublishedList.all) : PublishedList.text) }
    guard let name else {
      throw UsageError(
        field: "name", "the name of a data set is missing; accepted: \(Self.names.joined(separator: ", ")), or --list.")
    }
    guard let dataset = PublishedDataset.named(name) else {
      throw UsageError.unknown("data set", name, accepted: Self.names)
    }
    for (flag, value, least) in [("retries", retries, 0), ("stall", stall, 1)] where !(least...3600).contains(value) {
      throw UsageError(field: flag, "--\(flag) is \(value); accepted: \(least) to 3600.")
    }
    if let mirror, !["http://", "https://"].contains(where: mirror.lowercased().hasPrefix) {
      throw UsageError(
        field: "mirror", "--mirror is \"\(mirror)\"; accepted: a URL that begins with http:// or https://.")
    }
    ProcessExit.followSignals()
    let folder = to?.trimmed ?? "data/\(name)"
    let files = try fetch(dataset, to: folder)
    guard !json else { return try print(JSONOutput.text(of: Fetched(name: name, folder: folder, files: files))) }
    let isComplete = !files.contains { $0.isNew }
    try print(
      isComplete
        ? "\(folder) holds all \(counted(files.count, "file")) of \(name) already."
        : "\(folder) holds \(name): \(files.map(\.name).joined(separator: ", ")).")
    var next = NextSteps()
    next.add(["data", "show", folder], "what it holds")
    next.add(["train", "--data", folder], "train on it")
    next.print()
  }

  private func fetch(_ dataset: PublishedDataset, to folder: String) throws -> [DatasetDownload.File] {
    var download = DatasetDownload(dataset, to: folder, agent: "tare/\(Version.text)")
    download.mirror = mirror
    download.patience.retries = retries
    download.patience.stallSeconds = stall
    let meter = ProgressMeter(
      WorkProgress(dataset.name, of: Double(dataset.bytes) / 1e6, .things("MB")),
      style: StandardError.isTerminal ? .view : .silent)
    defer { meter.end() }
    return try download.run(
      progress: { meter.advance(to: Double($0) / 1e6) },
      news: { news in
        meter.tell(news)
        if !StandardError.isTerminal { StandardError.print("tare: \(news)") }
      })
  }

  private struct Fetched: Encodable {
    let name: String
    let folder: String
    let files: [DatasetDownload.File]
  }
}

/// The data sets that can be downloaded, for people and programs.
private struct PublishedList: Encodable {
  let name: String
  let bytes: Int
  let files: [String]
  let source: String
  let license: String
  let citation: String

  private init(_ dataset: PublishedDataset) {
    (name, bytes, files) = (dataset.name, dataset.bytes, dataset.files.map(\.name))
    (source, license, citation) = (dataset.source, dataset.license, dataset.citation)
  }

  static let all = PublishedDataset.all.map(PublishedList.init)

  static var text: String {
    var table = TextTable(header: ["NAME", "SIZE", "LICENSE", "SOURCE", "CITATION"], of: .words)
    for set in all {
      table.append([set.name, "\(Int((Double(set.bytes) / 1e6).rounded())) MB", set.license, set.source, set.citation])
    }
    return table.lines.joined(separator: "\n")
  }
}
