import Foundation
import Parameters
import Reports
import TestSupport
import Testing

/// The PDF of a figure beside its SVG, each drawn by another program: poppler, and the browser that people look with.
@Suite(
  "Printed figures",
  .enabled(
    if: !Browser.isMissing && Program.pdftoppm.isInstalled && FigurePrinter() != nil,
    "Chromium, poppler-utils or librsvg2-bin is not installed"))
struct PrintedFigureTests {
  private let sample: SampleSweep
  private let data: ReportData
  private var figures: String { sample.folder.file("report/figures") }

  init() throws {
    sample = try SampleSweep()
    let source = try ReportSource(folders: [sample.folder.path])
    data = ReportData(title: source.title, runs: source.runs)
    try ReportFolder.write(data, curves: "[]", to: sample.folder.file("report"))
  }

  @Test("a PDF looks as its SVG: of 10,000 pixels at most one has a color that the other has not within a pixel of it")
  func looks() async throws {
    #expect(data.figures.count == 5)
    for figure in data.figures {
      let size = try #require(figure.svg.firstMatch(of: /viewBox="0 0 (\d+) (\d+)"/))
      let (width, height) = (try #require(Int(size.1)), try #require(Int(size.2)))
      let page = """
        <style>@page { size: \(width)px \(height)px; margin: 0 } body { margin: 0 } svg { display: block }</style>
        \(figure.svg)
        """
      let shown = try await Browser.print(page, in: sample.folder)
      let expected = try Picture(pdf: shown, width: width, height: height)
      let printed = try Picture(pdf: "\(figures)/\(figure.id).pdf", width: width, height: height)
      #expect(expected.inkShare > 0.01, "something is drawn")
      let most = width * height / 10_000
      #expect(expected.strangePixels(in: printed) <= most, "\(figure.id): missing in the PDF")
      #expect(printed.strangePixels(in: expected) <= most, "\(figure.id): in the PDF alone")
    }
  }

  @Test(
    "the comparison finds a figure without its marks, without its ridges and without one of its lines",
    arguments: [
      ("error", "class=\"mark\""), ("map", "stroke-dasharray"), ("collapse", "<polyline"), ("rate", "class=\"mark\""),
    ])
  func planted(kind: String, part: String) throws {
    let name = "\(kind)-nesterov"
    let svg = try String(contentsOfFile: "\(figures)/\(name).svg", encoding: .utf8)
    let kept = svg.split(separator: "\n").filter { !$0.contains(part) }
    try kept.joined(separator: "\n").write(toFile: "\(figures)/less.svg", atomically: true, encoding: .utf8)
    #expect(try Program.rsvg.run(["-f", "pdf", "-o", "\(figures)/less.pdf", "\(figures)/less.svg"]).exitCode == 0)
    let size = try #require(svg.firstMatch(of: /viewBox="0 0 (\d+) (\d+)"/))
    let (width, height) = (try #require(Int(size.1)), try #require(Int(size.2)))
    let whole = try Picture(pdf: "\(figures)/\(name).pdf", width: width, height: height)
    let without = try Picture(pdf: "\(figures)/less.pdf", width: width, height: height)
    #expect(whole.strangePixels(in: without) > width * height / 10_000)
  }

  @Test("every font is embedded")
  func fonts() throws {
    for figure in data.figures {
      let table = try Program.pdffonts.run(["\(figures)/\(figure.id).pdf"]).output.split(separator: "\n")
      let heads = try #require(table.first).split(separator: " ").map(String.init)
      // Types and encodings may have blanks; the last columns are: emb sub uni object ID (two numbers).
      #expect(heads.suffix(5) == ["emb", "sub", "uni", "object", "ID"])
      let rows = table.dropFirst(2).map { $0.split(separator: " ").suffix(5).map(String.init) }
      #expect(!rows.isEmpty && rows.allSatisfy { $0.first == "yes" }, "\(table)")
    }
  }

  @Test("a printed table has its heads on every page that it covers")
  func heads() async throws {
    let sample = try SampleSweep([.batch, .weight, .layer])
    let source = try ReportSource(folders: [sample.folder.path])
    let page = try ReportPage(ReportData(title: "", runs: source.runs), curves: "[]").html()
    let pdf = try await Browser.print(page, in: sample.folder)
    let pages = try Program.pdftotext.run(["-layout", pdf, "-"]).output.split(separator: "\u{0C}").map { page in
      (
        rows: page.split(separator: "\n").count { $0.contains(/done .*%/) }, hasHead: page.contains("train loss")
      )
    }
    let covered = pages.filter { $0.rows > 0 }
    #expect(covered.count > 1 && covered.allSatisfy(\.hasHead), "\(pages)")
    #expect(covered.reduce(0) { $0 + $1.rows } == 69, "72 runs, three of them diverged")
  }

  @Test("without the program there is no PDF, and everything else is written")
  func missing() throws {
    #expect(FigurePrinter(path: "/nowhere:\(sample.folder.path)") == nil)
    let output = sample.folder.file("other")
    let files = try ReportFolder.write(data, curves: "[]", to: output, printer: FigurePrinter(path: ""))
    #expect(files.count == 11 && !files.contains { $0.hasSuffix(".pdf") })
    #expect(try FileManager.default.contentsOfDirectory(atPath: output + "/figures").count == 10)
  }
}

/// Pixels of a page.
private struct Picture {
  let width: Int
  let height: Int
  /// Red, green and blue of each pixel.
  private let bytes: [UInt8]

  /// - Parameters:
  ///   - width: pixels, of 1/96 inch, to cut the page to.
  init(pdf: String, width: Int, height: Int) throws {
    let name = pdf + ".drawn"
    let arguments = ["-singlefile", "-r", "96", "-x", "0", "-y", "0", "-W", "\(width)", "-H", "\(height)", pdf, name]
    let ending = try Program.pdftoppm.run(arguments)
    try #require(ending.exitCode == 0, "\(ending)")
    let data = try Data(contentsOf: URL(fileURLWithPath: name + ".ppm"))
    // A header of three lines: P6, width and height, 255.
    let head = data.split(separator: UInt8(ascii: "\n"), maxSplits: 3).prefix(3).map {
      String(decoding: $0, as: UTF8.self)
    }
    try #require(head == ["P6", "\(width) \(height)", "255"])
    bytes = Array(data.suffix(3 * width * height))
    (self.width, self.height) = (width, height)
  }

  /// The part of the pixels that are not white.
  var inkShare: Double {
    let ink = stride(from: 0, to: bytes.count, by: 3).count {
      bytes[$0] < 250 || bytes[$0 + 1] < 250 || bytes[$0 + 2] < 250
    }
    return Double(ink) / Double(width * height)
  }

  /// Pixels whose color, within a quarter of the scale, `other` has neither there nor in a pixel beside it.
  func strangePixels(in other: Picture) -> Int {
    func isAlike(_ i: Int, _ j: Int) -> Bool {
      (0..<3).allSatisfy { abs(Int(bytes[3 * i + $0]) - Int(other.bytes[3 * j + $0])) <= 64 }
    }
    return (0..<width * height).count { i in
      guard !isAlike(i, i) else { return false }
      let (x, y) = (i % width, i / width)
      let rows = max(y - 1, 0)...min(y + 1, height - 1)
      return !rows.contains { v in (max(x - 1, 0)...min(x + 1, width - 1)).contains { isAlike(i, v * width + $0) } }
    }
  }
}

/// A program of the tests' packages.
private enum Program: String {
  case pdftoppm, pdffonts, pdftotext
  case rsvg = "rsvg-convert"

  private var path: String { "/usr/bin/\(rawValue)" }
  var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

  func run(_ arguments: [String]) throws -> (exitCode: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments = ["\(Int(Deadline.event))", path] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
