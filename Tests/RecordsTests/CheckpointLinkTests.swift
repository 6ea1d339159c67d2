import Foundation
import Records
import TestSupport
import Testing

@Suite("Linking a checkpoint's file")
struct CheckpointLinkTests {
  private static let name = "weights.safetensors"

  private static func file(at path: String) throws -> (number: UInt64, names: Int) {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (
      try #require(attributes[.systemFileNumber] as? UInt64), try #require(attributes[.referenceCount] as? Int)
    )
  }

  @Test("the link outlives its checkpoint; an existing file of that name is replaced")
  func link() throws {
    let run = try StoredRun()
    try run.write(0)
    try run.write(5)
    let stored = try run.folder.read("checkpoints/step-5/\(Self.name)")
    let path = try run.folder.write([1, 2, 3], to: "kept")
    for _ in 1...2 {
      #expect(try run.store.link(Self.name, ofStep: 5, to: path))
      let (kept, original) = (
        try Self.file(at: path), try Self.file(at: run.folder.file("checkpoints/step-5/\(Self.name)"))
      )
      #expect(kept == original && kept.names == 2)
    }
    #expect(try run.store.link(Self.name, ofStep: 0, to: path))
    #expect(try run.store.link(Self.name, ofStep: 5, to: path))
    try run.write(10)
    try run.store.prune(keeping: Retention(last: 1))
    #expect(try run.store.steps == [0, 10])
    #expect(try run.folder.read("kept") == stored)
    #expect(try run.folder.names == ["checkpoints", "kept"])
  }

  @Test("a missing checkpoint, or one that cannot have a second name, is reported and leaves nothing")
  func refused() throws {
    let run = try StoredRun()
    try run.write(5)
    let path = try run.folder.write([1, 2, 3], to: "kept")
    #expect(try !run.store.link(Self.name, ofStep: 4, to: path))
    #expect(try !run.store.link("other.safetensors", ofStep: 5, to: path))
    #expect(try run.folder.read("kept") == [1, 2, 3])
    // Another file system.
    #expect(try !run.store.link(Self.name, ofStep: 5, to: "/proc/self/kept"))
    #expect(try run.folder.names == ["checkpoints", "kept"])
  }
}
