import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Installation and packages")
  struct PackageTests {
    private static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../cluster/package").standardized.path

    /// What a program prints; its errors are part of it.
    private static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      // How small a package is, is not tested: compressing it well takes most of a minute.
      process.arguments = ["DPKG_DEB_COMPRESSOR_LEVEL=0", program] + arguments
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let data = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    private static func has(_ program: String) -> Bool { (try? run("which", [program]))?.status == 0 }

    /// What `stage` has installed, until the value goes.
    private struct Installation {
      let folder: TemporaryFolder
      func file(_ path: String) -> String { folder.file("opt/tare/" + path) }
    }

    private static func installation() throws -> Installation {
      let folder = try TemporaryFolder()
      let staged = try run(scripts + "/stage", [TareProcess.executable.path, "/opt/tare", folder.path])
      try #require(staged.status == 0, "\(staged.output)")
      return Installation(folder: folder)
    }

    @Test("every command has a man page that begins with its name and abstract")
    func manual() throws {
      let installation = try Self.installation()
      let commands = try TareProcess(["help"]).finish().output.split(separator: "\n")
        .drop { $0 != "SUBCOMMANDS:" }.dropFirst()
        .prefix { $0.hasPrefix("  ") }.filter { $0.dropFirst(2).first?.isLowercase == true }
        .compactMap { $0.split(separator: " ").first.map { String($0) } }
      #expect(commands.count > 15)
      for name in ["tare", "tare-runs-list", "tare-network-show"] + commands.map({ "tare-\($0)" }) {
        let page = try Self.run("zcat", [installation.file("share/man/man1/\(name).1.gz")])
        let escaped = name.replacing("-", with: "\\-")
        #expect(page.status == 0 && page.output.contains(".SH NAME\n.nf\n\(escaped) \\- "), "\(name)")
        #expect(page.output.contains("\n.SH SYNOPSIS\n.nf\n"), "\(name)")
      }
    }

    @Test("bash completes commands, flags and the values of fields")
    func bash() throws {
      let installation = try Self.installation()
      let script = """
        source "$1"
        COMP_WORDS=(tare "${@:2}") COMP_CWORD=$(($# - 1)) COMP_LINE="tare ${*:2}"
        COMP_POINT=${#COMP_LINE}
        $(complete -p tare | sed 's/.*-F \\([^ ]*\\) .*/\\1/') tare "${@: -1}" "${@: -2:1}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      func offered(_ words: String...) throws -> Set<String> {
        let file = installation.file("share/bash-completion/completions/tare")
        let found = try Self.run("bash", ["-c", script, "-", file] + words)
        return Set(found.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
      }
      #expect(try offered("au") == ["audit"])
      #expect(try offered("train", "--network", "co") == ["conv3", "conv4"])
      #expect(try offered("train", "--optimizer", "adam") == ["adam", "adamw", "adamp"])
      #expect(try offered("explain", "weightN").contains("weightNorm"))
      #expect(try offered("train", "--weight-d").contains("--weight-decay"))
    }

    @Test(
      "other shells read their completions",
      arguments: [
        ("zsh", "share/zsh/site-functions/_tare"), ("fish", "share/fish/vendor_completions.d/tare.fish"),
      ].filter { has($0.0) })
    func shells(shell: String, file: String) throws {
      let installation = try Self.installation()
      let read = try Self.run(shell, ["-n", installation.file(file)])
      #expect(read.status == 0 && read.output.isEmpty, "\(read.output)")
    }

    @Test(
      "a Debian package holds the installation below /usr and depends on the libraries of the program",
      .enabled(if: has("dpkg-deb") && has("dpkg-shlibdeps"), "no dpkg-deb or dpkg-shlibdeps"))
    func deb() throws {
      let folder = try TemporaryFolder()
      let made = try Self.run(Self.scripts + "/deb", [TareProcess.executable.path, folder.path])
      let package = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
      try #require(made.status == 0 && package.hasSuffix(".deb"), "\(made.output)")
      let depends = try Self.run("dpkg-deb", ["--field", package, "Depends"]).output
      for library in [
        "libc6", "libzmq5", "libdnnl2", "libsqlite3-0", "libssl3", "libmicrohttpd12", "libarchive13", "libpng16-16",
        "libcurl4",
      ] {
        #expect(depends.contains(library), "\(depends)")
      }
      let unpacked = folder.file("unpacked")
      try #require(try Self.run("dpkg-deb", ["--extract", package, unpacked]).status == 0)
      let version = try TareProcess(["--version"]).finish().output
      #expect(try Self.run(unpacked + "/usr/bin/tare", ["--version"]).output == version)
      #expect(FileManager.default.fileExists(atPath: unpacked + "/usr/share/man/man1/tare-train.1.gz"))
    }

    @Test("an archive unpacks into one folder, whose program runs")
    func tarball() throws {
      let folder = try TemporaryFolder()
      let made = try Self.run(Self.scripts + "/tarball", [TareProcess.executable.path, folder.path])
      let archive = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
      try #require(made.status == 0 && archive.hasSuffix(".tar.gz"), "\(made.output)")
      try #require(try Self.run("tar", ["-C", folder.path, "-xzf", archive]).status == 0)
      let name = URL(fileURLWithPath: archive).lastPathComponent.replacing(".tar.gz", with: "")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [name, name + ".tar.gz"])
      let version = try TareProcess(["--version"]).finish().output
      #expect(try Self.run(folder.file(name + "/bin/tare"), ["--version"]).output == version)
    }
  }
}
