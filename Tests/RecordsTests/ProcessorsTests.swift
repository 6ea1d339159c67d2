import Records
import Testing

@Suite("Processors")
struct ProcessorsTests {
  private static let unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
  private static let first = "31 23 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
  private static let inner = "30 23 0:26 /docker/x /sys/fs/cgroup rw shared:4 - cgroup2 cgroup rw\n"

  struct Machine: Sendable {
    let groups: String
    let mounts: String
    let files: [String: String]
    let quota: Double?
  }

  private static let machines = [
    Machine(groups: "0::/a/b\n", mounts: unified, files: ["a/b/cpu.max": "50000 100000\n"], quota: 0.5),
    // That of the groups above holds, too.
    Machine(
      groups: "0::/a/b\n", mounts: unified, files: ["a/b/cpu.max": "max 100000\n", "a/cpu.max": "150000 100000"],
      quota: 1.5),
    Machine(groups: "0::/a\n", mounts: unified, files: ["a/cpu.max": "max 100000"], quota: nil),
    Machine(groups: "0::/docker/x/y\n", mounts: inner, files: ["y/cpu.max": "200000 100000"], quota: 2),
    Machine(groups: "0::/docker/x\n", mounts: inner, files: ["cpu.max": "300000 100000"], quota: 3),
    Machine(
      groups: "5:memory:/m\n4:cpu,cpuacct:/a\n", mounts: first,
      files: ["cpu,cpuacct/a/cpu.cfs_quota_us": "250000\n", "cpu,cpuacct/a/cpu.cfs_period_us": "100000\n"], quota: 2.5),
    Machine(
      groups: "4:cpu,cpuacct:/a\n0::/\n", mounts: unified + first,
      files: ["cpu,cpuacct/a/cpu.cfs_quota_us": "-1", "cpu,cpuacct/a/cpu.cfs_period_us": "100000"], quota: nil),
    Machine(groups: "", mounts: "", files: [:], quota: nil),
    Machine(groups: "nonsense\n::\n", mounts: "a b\n- - -\n", files: [:], quota: nil),
  ]

  @Test("the quota of a control group, in processors", arguments: machines)
  func quota(machine: Machine) {
    let found = Processors.quota { path in
      switch path {
      case "/proc/self/cgroup": machine.groups
      case "/proc/self/mountinfo": machine.mounts
      default: machine.files[String(path.dropFirst("/sys/fs/cgroup/".count))]
      }
    }
    #expect(found == machine.quota)
  }

  @Test(
    "the affinity counts, a quota is rounded up, and there is always one",
    arguments: [
      ("Name:\ttare\nCpus_allowed:\t00000000,0000000f\nCpus_allowed_list:\t0-3\n", "max 100000", 4),
      ("Cpus_allowed:\tff\n", "250000 100000", 3), ("Cpus_allowed:\t1\n", "max 100000", 1),
      ("Cpus_allowed:\tff\n", "50000 100000", 1), ("Cpus_allowed:\tff\n", "100 100000", 1), ("", "max 100000", 6),
      ("", "nonsense", 6), ("Cpus_allowed:\t3\n", "1e300 1", 2),
    ])
  func available(status: String, quota: String, count: Int) {
    let found = Processors.available(of: 6) { path in
      switch path {
      case "/proc/self/status": status
      case "/proc/self/cgroup": "0::/a\n"
      case "/proc/self/mountinfo": Self.unified
      case "/sys/fs/cgroup/a/cpu.max": quota
      default: nil
      }
    }
    #expect(found == count)
  }

  @Test("Slurm grants processors of a node to a job")
  func granted() {
    #expect(Processors.granted(["SLURM_JOB_ID": "7", "SLURM_CPUS_ON_NODE": "3"]) == 3)
    #expect(Processors.granted(["SLURM_CPUS_ON_NODE": "3"]) == nil)
    #expect(Processors.granted(["SLURM_JOB_ID": "7"]) == nil)
    #expect(Processors.granted(["SLURM_JOB_ID": "7", "SLURM_CPUS_ON_NODE": "0"]) == nil)
  }
}
