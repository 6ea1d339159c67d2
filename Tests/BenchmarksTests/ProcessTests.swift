import Benchmarks
import Foundation
import Launching
import Testing

@Suite("What the kernel's files say")
struct ProcessTests {
  /// proc(5): user, nice, system, irq, softirq and steal are use; idle and iowait are not, guests are in user already.
  @Test func processorTimeOfAll() {
    let stat = "cpu  1 2 4 1000 2000 8 16 32 64 128\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 5\n"
    #expect(ProcessorTime.used(stat: stat, ticksPerSecond: 1) == 63)
    #expect(ProcessorTime.used(stat: stat, ticksPerSecond: 100) == 0.63)
    #expect(ProcessorTime.used(stat: "", ticksPerSecond: 100) == nil)
    #expect(ProcessorTime.used(stat: "cpu  1 2\n", ticksPerSecond: 100) == nil)
  }

  @Test("a process may call itself anything")
  func processorTimeOfOne() {
    let stat = "42 (a ) b (c) S 1 42 42 0 -1 4194560 100 200 0 0 7 5 900 900 20 0 1 0 1234 5000"
    #expect(ProcessorTime.used(processStat: stat, ticksPerSecond: 2) == 6)
    #expect(ProcessorTime.used(processStat: "42 (a) S 1", ticksPerSecond: 2) == nil)
    #expect(ProcessorTime.used(processStat: "", ticksPerSecond: 2) == nil)
  }

  @Test func memory() throws {
    let status = "Name:\ttare\nVmPeak:\t  900 kB\nVmHWM:\t  300 kB\nVmRSS:\t  200 kB\n"
    let rollup = "55d0-7ffd ---p 00000000 00:00 0  [rollup]\nRss:  200 kB\nPss:  150 kB\nPss_Anon:  100 kB\n"
    let memory = try #require(ProcessMemory(status: status, smapsRollup: rollup))
    #expect(memory.peakResident == 300 * 1024)
    #expect(memory.proportional == 150 * 1024)
    #expect(ProcessMemory(status: "", smapsRollup: rollup) == nil)
    #expect(ProcessMemory(status: status, smapsRollup: "") == nil)
  }

  @Test("this process has memory, shares of it, and uses the processor")
  func thisProcess() throws {
    let memory = try #require(ProcessMemory(of: getpid()))
    #expect(memory.proportional > 1 << 20)
    #expect(memory.peakResident >= memory.proportional)
    let stat = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8)
    #expect(ProcessorTime.used(processStat: stat, ticksPerSecond: 100) != nil)
    #expect(ProcessMemory(of: -1) == nil)
  }

  @Test("children are found while they live")
  func children() throws {
    let child = try Child("worker 0", executable: "/bin/cat", arguments: [], environment: [:], log: 2)
    #expect(ChildProcesses.of(getpid()).contains(child.processID))
    let ended = DispatchSemaphore(value: 0)
    child.watch { _ in ended.signal() }
    child.release()
    #expect(ended.wait(timeout: .now() + 10) == .success)
    #expect(!ChildProcesses.of(getpid()).contains(child.processID))
  }
}
