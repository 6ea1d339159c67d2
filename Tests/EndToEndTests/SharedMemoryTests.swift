import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Tensors between processes of one host stay where they are.
  @Suite("Shared memory between processes")
  struct SharedMemory {
    private static let run =
      "--network mlp --batch 128 --microbatch 16 --steps 60 --checkpoint-every 1 --progress plain"

    /// Segments that are mapped by a process: its own and those of others.
    private func segments(of process: RunningProcess) throws -> (own: Int, others: Int) {
      let maps = try String(contentsOfFile: "/proc/\(process.id)/maps", encoding: .utf8)
      let lines = maps.split(separator: "\n").filter { $0.contains("/memfd:tare") && !$0.contains(" 00001000 ") }
      return (lines.count { $0.contains(" rw-s ") }, lines.count { $0.contains(" r--s ") })
    }

    @Test("members map one another's buffers over ipc and not over tcp, and the bits are those of threads")
    func used() throws {
      let folder = try TemporaryFolder()
      let threads = try SmallRun("\(Self.run) --launcher threads", in: folder.file("threads"))
      for transport in ["ipc", "tcp"] {
        let process = try TareProcess(
          SmallRun.arguments("\(Self.run) --workers 2 --transport \(transport)", output: folder.file(transport)))
        _ = try #require(process.waitForError(containing: "step 20/"))
        // Until it goes on, the others wait for it at the next milestone.
        process.signal(SIGSTOP)
        let members = process.children.filter { !$0.name.contains("?") }
        #expect(members.count == 3)
        for member in members {
          let (own, others) = try segments(of: member)
          #expect(
            own > 0 && others > 0 || transport == "tcp" && own == 0 && others == 0, "\(member.name), \(transport)")
        }
        process.signal(SIGCONT)
        let ending = process.finish()
        #expect(ending.exitCode == 0, "\(ending.errors)")
        #expect(try ending.weightsSHA256 == threads.ending.weightsSHA256)
      }
    }
  }
}
