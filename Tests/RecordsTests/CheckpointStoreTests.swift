import Foundation
import Parameters
import Records
import TestSupport
import Testing

@Suite("Checkpoint store")
struct CheckpointStoreTests {
  /// Parses the formats by itself, and hashes what lies in the folder.
  static let reader = """
    import hashlib, json, struct, sys
    folder = sys.argv[1]
    text = open(folder + "/manifest.json", encoding="utf-8").read()
    manifest = json.loads(text)
    plain = text.replace(manifest["manifestSHA256"], "0" * 64)
    assert hashlib.sha256(plain.encode()).hexdigest() == manifest["manifestSHA256"]
    values = {}
    for file in manifest["files"]:
        data = open(folder + "/" + file["storedAs"], "rb").read()
        assert len(data) == file["byteCount"] and hashlib.sha256(data).hexdigest() == file["sha256"]
        size = struct.unpack("<Q", data[:8])[0]
        for name, tensor in json.loads(data[8:8 + size]).items():
            if name == "__metadata__": continue
            start, end = (8 + size + n for n in tensor["data_offsets"])
            count, letter = (end - start) // (4 if tensor["dtype"] == "F32" else 8), tensor["dtype"]
            numbers = struct.unpack("<%d%s" % (count, "f" if letter == "F32" else "d"), data[start:end])
            values[file["name"] + ":" + name] = [letter] + [float(n).hex() for n in numbers]
    print(json.dumps({"values": values, "step": manifest["step"], "samplesUsed": manifest["samplesUsed"],
      "elementType": manifest["elementType"], "lossSum": manifest["evaluations"][0]["lossSum"].hex(),
      "window": manifest["window"]["lossSum"].hex(), "what": manifest["events"][0]["what"],
      "generation": str(manifest["generation"])}))
    """

  private struct Reading: Decodable {
    let values: [String: [String]]
    let step: Int
    let samplesUsed: Int
    let elementType: String
    let lossSum: String
    let window: String
    let what: String
    let generation: String
  }

  @Test("another reader finds the same manifest, hashes and tensors")
  func python() throws {
    let run = try StoredRun()
    try run.write(7, generation: .max)
    let reading: Reading = try PythonProcess.value(of: Self.reader, [run.folder.file("checkpoints/step-7")])
    #expect(reading.step == 7 && reading.samplesUsed == 224 && reading.elementType == "F32")
    // 0.1 + 0.2 and a third, as IEEE 754 has them.
    #expect(reading.lossSum == "0x1.3333333333334p-2" && reading.window == "0x1.5555555555555p-2")
    #expect(reading.what == "worker 1 died: \"/dev/null\"" && reading.generation == "18446744073709551615")
    #expect(
      reading.values["metrics.safetensors:a.weight"] == ["F64", "0x1.c666666666666p+2", "inf", "-0x0.0p+0"])
    #expect(reading.values["weights.safetensors:a.weight"]?.count == 7)
  }

  @Test("a manifest reads back as written, non-finite numbers included")
  func coding() throws {
    let run = try StoredRun()
    var manifest = StoredRun.manifest(0)
    for value in [Double.infinity, -.infinity, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1] {
      manifest.window.lossSum = value
      try run.store.write(manifest, files: [])
      let again = try run.store.read(step: 0).manifest
      #expect(again.window.lossSum.bitPattern == value.bitPattern)
      #expect(again.evaluations == manifest.evaluations && again.events == manifest.events)
      #expect(again.generation == manifest.generation && again.metricsCursor == 77 && again.ratesSteps == 3)
    }
    manifest.window.lossSum = .nan
    try run.store.write(manifest, files: [])
    #expect(try run.store.read(step: 0).manifest.window.lossSum.isNaN)
  }

  @Test("a folder without checkpoints has none")
  func empty() throws {
    let run = try StoredRun()
    #expect(try run.store.steps == [] && run.store.newest()?.manifest.step == nil)
    #expect(#expect(throws: RecordError.self) { try run.store.read(step: 3) }?.exitCode == 74)
    try run.store.prune(keeping: Retention(last: 1))
  }

  @Test("every truncation and every flipped byte of every file is detected, and the previous checkpoint is used")
  func damage() throws {
    let run = try StoredRun()
    for step in [0, 5, 10] { try run.write(step) }
    let names = try FileManager.default.contentsOfDirectory(atPath: run.folder.file("checkpoints/step-10"))
    #expect(names.sorted() == ["manifest.json", "metrics.safetensors", "weights.safetensors"])
    for name in names {
      let file = "checkpoints/step-10/\(name)"
      let whole = try run.folder.read(file)
      func check(_ bytes: [UInt8], _ what: String) throws {
        try run.folder.write(bytes, to: file)
        var bad: [(Int, RecordError)] = []
        let newest = try run.store.newest { bad.append(($0, $1)) }
        #expect(newest?.manifest.step == 5, "\(name) \(what)")
        #expect(bad.map(\.0) == [10] && bad.first?.1.code == .content, "\(name) \(what)")
        #expect(bad.first?.1.description.contains("step-10/\(name)") == true, "\(name) \(what)")
      }
      for length in 0..<whole.count { try check(Array(whole[..<length]), "cut to \(length)") }
      for index in whole.indices {
        var bytes = whole
        bytes[index] ^= 1 << UInt8(index % 8)
        try check(bytes, "flipped at \(index)")
      }
      try check(whole + [0x20], "with a byte more")
      try FileManager.default.removeItem(atPath: run.folder.file(file))
      #expect(try run.store.newest()?.manifest.step == 5)
      try run.folder.write(whole, to: file)
      #expect(try run.store.newest()?.manifest.step == 10 && run.store.newest(atMost: 9)?.manifest.step == 5)
    }
  }

  @Test("a manifest cannot name files outside its folder")
  func names() throws {
    let run = try StoredRun()
    try run.write(1)
    #expect(try run.store.steps == [1])
    // A folder under another step's name, and folders that are none of ours.
    try FileManager.default.copyItem(
      atPath: run.folder.file("checkpoints/step-1"), toPath: run.folder.file("checkpoints/step-2"))
    for name in ["step-02", "step--1", "step-x", "other"] {
      try FileManager.default.createDirectory(
        atPath: run.folder.file("checkpoints/\(name)"), withIntermediateDirectories: false)
    }
    #expect(try run.store.steps == [1, 2])
    let error = #expect(throws: RecordError.self) { try run.store.read(step: 2) }
    #expect(error?.exitCode == 65 && error?.description.contains("is of step 1") == true)
  }
}
