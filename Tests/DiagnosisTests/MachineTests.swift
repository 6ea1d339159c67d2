import Diagnosis
import Hosting
import Parameters
import Testing

/// What is said of machines whose facts are made up, in the words of their files.
@Suite("Diagnosis of a machine")
struct MachineTests {
  private static let mounts = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"

  /// A machine whose files have these texts.
  private static func machine(_ files: [String: String]) -> SystemText {
    let files = files.merging(["/proc/self/cgroup": "0::/job\n", "/proc/self/mountinfo": mounts]) { first, _ in first }
    return { files[$0] }
  }

  @Test(
    "processors: half of one is too few",
    arguments: [
      ("50000 100000\n", Finding.Status.warning, "1 of 4 processors; the control group allows 0.5"),
      ("150000 100000\n", .ok, "2 of 4 processors; the control group allows 1.5"),
      ("max 100000\n", .ok, "4 processors"),
    ])
  func processors(quota: String, status: Finding.Status, found: String) {
    let finding = ProcessorFacts(online: 4, Self.machine(["/sys/fs/cgroup/job/cpu.max": quota])).finding
    #expect(finding.status == status && finding.found == found)
  }

  @Test("processors by the files of control groups of version 1")
  func firstVersion() {
    let finding = ProcessorFacts(
      online: 4,
      Self.machine([
        "/proc/self/cgroup": "4:cpu,cpuacct:/a\n3:memory:/b\n",
        "/proc/self/mountinfo": "31 23 0:27 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n",
        "/cg/cpu/a/cpu.cfs_quota_us": "50000\n", "/cg/cpu/a/cpu.cfs_period_us": "100000\n",
      ])
    ).finding
    #expect(finding.status == .warning && finding.found == "1 of 4 processors; the control group allows 0.5")
  }

  private static let meminfo = "MemTotal:        8388608 kB\nMemFree:          1 kB\nMemAvailable:    4194304 kB\n"

  @Test(
    "memory: the lower of what is free and what the control groups allow",
    arguments: [
      ("max\n", Finding.Status.ok, "8 GiB, 4 GiB available"),
      ("536870912\n", .warning, "8 GiB, 4 GiB available; the control group allows 512 MiB"),
      ("134217728\n", .problem, "8 GiB, 4 GiB available; the control group allows 128 MiB"),
    ])
  func memory(limit: String, status: Finding.Status, found: String) {
    let files = ["/proc/meminfo": Self.meminfo, "/sys/fs/cgroup/job/memory.max": limit]
    let finding = MemoryFacts(Self.machine(files)).finding
    #expect(finding.status == status && finding.found == found, "\(finding)")
    let former = [
      "/proc/meminfo": Self.meminfo, "/proc/self/cgroup": "3:memory:/b\n",
      "/proc/self/mountinfo": "31 23 0:27 / /cg/memory rw - cgroup cgroup rw,memory\n",
      // How version 1 says "max".
      "/cg/memory/b/memory.limit_in_bytes": limit == "max\n" ? "9223372036854771712\n" : limit,
    ]
    #expect(MemoryFacts(Self.machine(former)).finding == finding)
  }

  @Test("memory of a machine that says nothing is a warning")
  func noMemory() { #expect(MemoryFacts { _ in nil }.finding.status == .warning) }

  @Test(
    "open files: the hard limit of /proc/self/limits",
    arguments: [
      ("1048576", Finding.Status.ok, "at most 1048576"), ("unlimited", .ok, "unlimited"),
      ("300", .warning, "enough for 44 servers and workers"), ("53", .problem, "too few"),
    ])
  func openFiles(limit: String, status: Finding.Status, found: String) {
    let text = """
      Limit                     Soft Limit           Hard Limit           Units
      Max processes             31521                31521                processes
      Max open files            32                   \(limit)                 files
      """
    let finding = OpenFileFacts(Self.machine(["/proc/self/limits": text])).finding
    #expect(finding.status == status && finding.found.contains(found), "\(finding)")
  }

  @Test("instructions: without AVX2 training is slow")
  func instructions() {
    let slow = InstructionFacts(kernels: .plain, library: "sse4.1", hasBFloat16: false).finding
    #expect(slow.status == .warning && slow.found == "servers plain, workers sse4.1, no bfloat16, no AMX")
    let fast = InstructionFacts(kernels: .v4, library: "avx512_core_amx", hasBFloat16: true).finding
    #expect(fast.status == .ok && fast.found == "servers x86-64-v4, workers avx512_core_amx, bfloat16, AMX")
  }

  @Test("clock: what goes back is a problem, what is set or not synchronized a warning")
  func clock() {
    func status(_ isMonotonic: Bool, _ isSynchronized: Bool?, _ jump: Double) -> Finding.Status {
      ClockFacts(isMonotonic: isMonotonic, isSynchronized: isSynchronized, jump: jump).finding.status
    }
    #expect(status(true, true, 0.01) == .ok && status(true, nil, 0) == .ok)
    #expect(status(true, false, 0) == .warning && status(true, true, -3600) == .warning)
    #expect(status(false, true, 0) == .problem)
  }

  @Test(
    "this machine's facts can be told",
    arguments: [InstructionFacts().finding, ProcessorFacts().finding, MemoryFacts().finding])
  func here(finding: Finding) { #expect(!finding.found.isEmpty && finding.status != .problem) }

  @Test("the libraries have versions, and libzmq without CURVE is a problem")
  func libraries() {
    let findings = LinkedLibrary.findings()
    #expect(findings.map(\.check).contains("SQLite") && findings.allSatisfy { $0.found.first?.isNumber == true })
    #expect(LinkedLibrary.findings(hasCurve: false).worst == .problem)
  }
}
