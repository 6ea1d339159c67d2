import Foundation

/// An Ethernet switch in user space that passes frames on late, and loses some: what the kernel's netem does where there is one.
/// Each of its cables is a TAP device, which can be moved to another network namespace.
final class DelayingSwitch {
  /// Names of the devices.
  let cables: [String]

  /// Its other end tells the thread to end, by being closed.
  private let bell: CInt

  /// - Parameters:
  ///   - delay: seconds that each frame is under way.
  ///   - loss: share of frames that are lost, chosen by a generator with a fixed seed.
  init(cables: [String], delay: Double, loss: Double) throws {
    self.cables = cables
    let descriptors = try cables.map(Self.tap)
    var ends: [CInt] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw CocoaError(.fileReadUnknown) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let ear = ends[0]
    bell = ends[1]
    Thread.detachNewThread {
      var traffic = Traffic(descriptors: descriptors, delay: delay, loss: loss)
      while traffic.pass(until: ear) {}
      for descriptor in descriptors + [ear] { close(descriptor) }
    }
  }

  /// Ends the thread, which removes the devices.
  deinit { close(bell) }

  private static func tap(_ name: String) throws -> CInt {
    let descriptor = unsafe open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
    // struct ifreq: a name of 16 bytes, and the flags IFF_TAP and IFF_NO_PI.
    var request = Array(name.utf8) + [UInt8](repeating: 0, count: 40 - name.utf8.count)
    (request[16], request[17]) = (0x02, 0x10)
    let set: UInt = 0x4004_54CA  // TUNSETIFF
    guard unsafe ioctl(descriptor, set, &request) == 0 else {
      close(descriptor)
      throw CocoaError(.fileWriteUnknown)
    }
    return descriptor
  }

  /// Frames under way.
  private struct Traffic {
    let descriptors: [CInt]
    let delay: Double
    let loss: Double
    /// Where each hardware address was seen.
    private var ports: [[UInt8]: Int] = [:]
    private var queue: [(due: ContinuousClock.Instant, from: Int, frame: [UInt8])] = []
    private var random: UInt64 = 0x9E37_79B9_7F4A_7C15

    init(descriptors: [CInt], delay: Double, loss: Double) {
      (self.descriptors, self.delay, self.loss) = (descriptors, delay, loss)
    }

    /// Waits for the next frame that arrives or is due.
    ///
    /// - Returns: false once `bell` rings.
    mutating func pass(until bell: CInt) -> Bool {
      var items = (descriptors + [bell]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      let wait = queue.first.map { max(0, ($0.due - .now) / .milliseconds(1)).rounded(.up) } ?? -1
      _ = unsafe poll(&items, nfds_t(items.count), CInt(wait))
      if items[descriptors.count].revents != 0 { return false }
      for index in descriptors.indices where items[index].revents != 0 { take(from: index) }
      var count = 0
      for entry in queue.prefix(while: { $0.due <= .now }) {
        deliver(entry.frame, from: entry.from)
        count += 1
      }
      queue.removeFirst(count)
      return true
    }

    private mutating func take(from index: Int) {
      var bytes = [UInt8](repeating: 0, count: 65_536)
      while case let count = unsafe read(descriptors[index], &bytes, bytes.count), count >= 14 {
        let frame = Array(bytes[..<count])
        ports[Array(frame[6..<12])] = index
        // xorshift64*
        random ^= random >> 12
        random ^= random << 25
        random ^= random >> 27
        let isLost = Double((random &* 0x2545_F491_4F6C_DD1D) >> 11) * 0x1p-53 < loss
        if !isLost { queue.append((.now + .seconds(delay), index, frame)) }
      }
    }

    private func deliver(_ frame: [UInt8], from source: Int) {
      let target = ports[Array(frame[..<6])]
      for (index, descriptor) in descriptors.enumerated() where index != source && (target ?? index) == index {
        _ = unsafe write(descriptor, frame, frame.count)
      }
    }
  }
}
