import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Data sets")
  struct DataSets {
    /// Reads a PNG file with nothing but Python's zlib: extents, channels, and the pixels in hexadecimal.
    private static let decoder = """
      import struct, sys, zlib
      data = open(sys.argv[1], "rb").read()
      assert data[:8] == b"\\x89PNG\\r\\n\\x1a\\n"
      place, chunks = 8, []
      while place < len(data):
          length, kind = struct.unpack(">I4s", data[place:place + 8])
          body = data[place + 8:place + 8 + length]
          assert struct.unpack(">I", data[place + 8 + length:place + 12 + length])[0] == zlib.crc32(kind + body)
          chunks.append((kind, body)); place += 12 + length
      width, height, depth, color, _, _, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
      assert chunks[0][0] == b"IHDR" and chunks[-1][0] == b"IEND" and depth == 8 and interlace == 0
      channels = {0: 1, 2: 3}[color]
      raw = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
      above, pixels = bytearray(width * channels), bytearray()
      for y in range(height):
          kind, *row = raw[y * (width * channels + 1):(y + 1) * (width * channels + 1)]
          for i in range(len(row)):
              a = row[i - channels] if i >= channels else 0
              b, c = above[i], above[i - channels] if i >= channels else 0
              p = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
              row[i] = (row[i] + [0, a, b, (a + b) // 2, p][kind]) % 256
          above = row; pixels += bytes(row)
      print(width, height, channels, pixels.hex())
      """

    @Test("show counts glyphs, and draws a sheet that another decoder reads")
    func glyphs() throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(
        ["data", "show", "--set", "dataset.limit=30", "--json", "--sheet", folder.file("sheet.png")])
      #expect(ending.exitCode == 0, "\(ending.errors)")
      let facts = try ending.json
      #expect(facts["trainCount"] as? Int == 30 && facts["testCount"] as? Int == 2000)
      let classes = try #require(facts["classes"] as? [[String: Any]])
      #expect(classes.map { $0["train"] as? Int } == Array(repeating: 3, count: 10))
      let decoded = try Self.decode(folder.file("sheet.png"))
      // Images of 32×32 at twice the size, ten rows and columns, gaps of 2.
      #expect(decoded.prefix(3) == ["662", "662", "3"])
      let pixels = decoded[3]
      #expect(pixels.utf8.count == 2 * 662 * 662 * 3 && pixels.hasPrefix(String(repeating: "f", count: 2 * 662 * 3)))
      // Each pixel of the first image stands twice beside itself: at row 2, from column 2 on.
      let row = Array(pixels.utf8.dropFirst(2 * (2 * 662 + 2) * 3).prefix(64 * 6))
      for x in 0..<32 {
        let start = 12 * x
        #expect(row[start..<start + 6] == row[start + 6..<start + 12])
      }
      #expect(Set(row).count > 4)
    }

    @Test("a sheet replaces a picture, and nothing else")
    func sheetName() throws {
      let folder = try TemporaryFolder()
      let plan = try folder.write(Array("l2: 1\n".utf8), to: "plan.yaml")
      let refused = try TareProcess.run(["data", "show", "--sheet", plan])
      #expect(
        refused.exitCode == 64
          && refused.errors.contains("--sheet is \(plan); accepted: a file whose name ends in .png"))
      #expect(try folder.read("plan.yaml") == Array("l2: 1\n".utf8))
      let missing = folder.file("none/sheet.png")
      let unwritten = try TareProcess.run(["data", "show", "--set", "dataset.limit=30", "--sheet", missing])
      #expect(
        unwritten.exitCode == 74 && unwritten.errors == "tare: Cannot write \(missing): No such file or directory.\n",
        "\(unwritten.errors)")
    }

    private static func decode(_ path: String) throws -> [String] {
      let (process, output) = (Process(), Pipe())
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["python3", "-c", decoder, path]
      process.standardOutput = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
      return text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    @Test("show and train recognize a folder")
    func recognized() throws {
      let folder = try TemporaryFolder()
      for (name, bytes) in Samples.cifarFolder { try folder.write(bytes, to: name) }
      let shown = try TareProcess.run(["data", "show", folder.path])
      #expect(shown.exitCode == 0 && shown.output.hasPrefix("cifar-10: 8 training images and 4 test images of 3×32×32"))
      let run = try SmallRun(
        "--data \(folder.path) --network mlp --batch 4 --microbatch 2 --steps 1 --set dataset.limit=0",
        in: folder.file("run"))
      #expect(run.ending.errors.contains("warning: All 8 training images are of class automobile"))
      let found = try #require(run.record["dataFiles"] as? [[String: Any]])
      #expect(found.count == 2)
      let other = try TemporaryFolder()
      let ending = try TareProcess.run(["data", "show", other.path])
      #expect(ending.exitCode == 65 && ending.errors.contains("has no files of a known data set"))
    }

    @Test("a folder that is missing, where it can be downloaded")
    func missing() throws {
      let ending = try TareProcess.run(["train", "--dataset", "mnist", "--data", "/nowhere"])
      #expect(ending.exitCode == 65 && ending.errors.contains("\"tare data fetch mnist --to /nowhere\" downloads it"))
    }

    @Test("fetch lists what there is, and refuses what there is not")
    func list() throws {
      let list = try TareProcess.run(["data", "fetch", "--list"])
      #expect(list.exitCode == 0)
      for word in ["mnist", "kmnist", "cifar-100", "CC BY-SA 4.0", "169 MB", "arXiv:1708.07747"] {
        #expect(list.output.contains(word))
      }
      for (arguments, words) in [
        (["emnist"], "Accepted: mnist, "), ([], "the name of a data set is missing"),
        (["mnist", "--mirror", "file:///tmp"], "--mirror is \"file:///tmp\"; accepted: a URL"),
        (["mnist", "--retries", "4000"], "--retries is 4000; accepted: 0 to 3600"),
        (["mnist", "--retries", "-1"], "--retries is -1; accepted: 0 to 3600"),
        (["mnist", "--list"], "--list is given beside the data set \"mnist\""),
      ] {
        let ending = try TareProcess.run(["data", "fetch"] + arguments)
        #expect(ending.exitCode == 64 && ending.errors.contains(words), "\(ending.errors)")
      }
    }

    @Test("fetch goes through the proxy of the environment, and ends with the server's refusal or another content")
    func fetched() throws {
      let proxy = try ScriptedServer { _, request in
        request.path.hasPrefix("http://mirror.invalid/sets/train")
          ? .whole([UInt8](repeating: 0, count: 9_912_422)) : .status("404 Not Found")
      }
      let folder = try TemporaryFolder()
      func fetch(_ mirror: String) throws -> TareProcess.Ending {
        let process = try TareProcess(
          ["data", "fetch", "mnist", "--to", folder.file("mnist"), "--mirror", mirror],
          variables: ["http_proxy": "http://127.0.0.1:\(proxy.port)", "no_proxy": ""])
        return process.finish(within: Deadline.process)
      }
      let missing = try fetch("http://mirror.invalid/other")
      #expect(
        missing.exitCode == 69 && missing.errors.contains("the server answered with status 404"), "\(missing.errors)")
      let wrong = try fetch("http://mirror.invalid/sets/")
      #expect(wrong.exitCode == 65 && wrong.errors.contains("what was downloaded has been removed"), "\(wrong.errors)")
      #expect(wrong.errors.contains("440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"))
      #expect(
        proxy.requests.map(\.path)
          == ["other", "sets"].map { "http://mirror.invalid/\($0)/train-images-idx3-ubyte.gz" })
      #expect(try folder.names == [], "a folder without files has not been there before")
    }

    @Test("an interrupted fetch keeps what it has")
    func interrupted() throws {
      let server = try ScriptedServer { _, _ in
        .init(
          head: "HTTP/1.1 200 OK\r\nContent-Length: 9912422", body: [UInt8](repeating: 0, count: 5000), isStalled: true)
      }
      let folder = try TemporaryFolder()
      let process = try TareProcess(
        [
          "data", "fetch", "mnist", "--to", folder.path, "--mirror", server.url(""), "--retries", "1000", "--stall",
          "1",
        ])
      _ = try #require(process.waitForError(containing: "after 5000 of 9912422 bytes"))
      process.signal(SIGINT)
      #expect(process.finish(within: Deadline.event).exitCode == 130)
      #expect(try folder.names == ["train-images-idx3-ubyte.gz.part"])
      #expect(try folder.read("train-images-idx3-ubyte.gz.part").count == 5000)
    }

    @Test("what is there already is not downloaded", .enabled(if: SharedData.isPresent, "skipped: no data"))
    func complete() throws {
      let folder = SharedData.folder("mnist")
      let ending = try TareProcess.run(["data", "fetch", "mnist", "--to", folder, "--mirror", "http://127.0.0.1:1/"])
      #expect(ending.exitCode == 0 && ending.output == "\(folder) holds all 4 files of mnist already.\n")
    }
  }
}
