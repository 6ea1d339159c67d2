import Diagnosis
import Foundation
import Hosting
import TestSupport
import Testing

/// What is said of disks, networks and other machines.
@Suite("Diagnosis of the surroundings")
struct SurroundingsTests {
  @Test(
    "the file system of a folder, by the lines of mountinfo",
    arguments: [
      ("/home/a/runs", "nfs4"), ("/homely", "ext4"), ("/my disk/x", "xfs"), ("/over", "tmpfs"), ("/", "ext4"),
    ])
  func mounts(folder: String, kind: String) {
    let mounts = """
      22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      23 22 0:40 / /home rw - nfs4 server:/home rw
      24 22 8:2 / /my\\040disk rw - xfs /dev/sdb rw
      25 22 8:3 / /over rw - ext3 /dev/sdc rw
      26 25 0:41 / /over rw - tmpfs tmpfs rw
      """
    #expect(FileSystemFacts.kind(at: folder, mounts: mounts) == kind)
  }

  @Test("disk: full or read-only is a problem, a network file system a warning")
  func disk() {
    func status(_ kind: String, _ free: UInt64?, _ failure: String? = nil) -> Finding.Status {
      FileSystemFacts(folder: "/x", kind: kind, free: free, failure: failure).finding.status
    }
    #expect(status("ext4", 1 << 40) == .ok && status("ext4", nil) == .ok)
    #expect(status("nfs4", 1 << 40) == .warning && status("ext4", 500 << 20) == .warning)
    #expect(status("ext4", 1 << 20) == .problem && status("ext4", 1 << 40, "Read-only file system") == .problem)
  }

  @Test("a folder that is not there yet is judged by the one above it, and nothing is left there")
  func trial() throws {
    let folder = try TemporaryFolder()
    let finding = FileSystemFacts(of: folder.file("runs/new")).finding
    #expect(finding.status != .problem && finding.found.contains(URL(fileURLWithPath: folder.path).lastPathComponent))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    #expect(FileSystemFacts(of: "/proc/self/runs").finding.status == .problem)
  }

  @Test("ports: loopback works here, an address of another machine does not")
  func ports() {
    let loopback = PortFacts(at: PortFacts.loopback)
    let findings = PortFacts.findings([loopback])
    #expect(findings.map(\.status) == [.ok, .warning])
    // Of the block for documentation (RFC 5737): no machine has it.
    let elsewhere = PortFacts(at: NetworkAddresses.Interface(name: "eth9", address: "198.51.100.1"))
    #expect(PortFacts.findings([loopback, elsewhere]).map(\.status) == [.ok, .problem])
  }

  @Test(
    "ssh: another version, no program and no connection are problems",
    arguments: [
      (RemoteProgram.Answer.version("tare 1.2.3"), Finding.Status.ok, "has tare 1.2.3"),
      (.version("tare 1.2.4"), .problem, "has tare 1.2.4, but this is tare 1.2.3"),
      (.version(""), .problem, "another program called tare"), (.noProgram, .problem, "not found there"),
      (.failure("ssh failed: Permission denied (publickey)."), .problem, "Permission denied"),
    ])
  func shell(answer: RemoteProgram.Answer, status: Finding.Status, found: String) {
    let finding = ShellFacts(host: "a", answer: answer).finding(version: "tare 1.2.3")
    #expect(finding.status == status && finding.found.contains(found) && (status == .ok) == (finding.advice == nil))
  }

  @Test(
    "Slurm: a controller that is down is a warning, no Slurm is none",
    arguments: [
      (["srun", "sbatch"], "Slurmctld(primary) at c1 is UP\n", Finding.Status.ok),
      (["srun", "sbatch"], "Slurmctld(primary) at c1 is DOWN\n", .warning),
      (["srun", "sbatch"], "scontrol failed: Connection refused", .warning), (["srun"], "", .warning), ([], nil, .ok),
    ] as [([String], String?, Finding.Status)])
  func slurm(programs: [String], answer: String?, status: Finding.Status) {
    #expect(SlurmFacts(programs: programs, answer: answer).finding.status == status)
  }

  @Test("shared memory: without sealed files tensors take another way")
  func sharedMemory() {
    #expect(SharedMemoryFacts().finding.status == .ok)
    #expect(SharedMemoryFacts(failure: "Function not implemented", room: nil).finding.status == .warning)
  }
}
