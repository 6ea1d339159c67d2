import Hosting
import Testing
import ZeroMQ

@Suite("Addresses of a pool")
struct EndpointTests {
  @Test(
    "which only processes of this machine reach",
    arguments: [
      ("tcp://127.0.0.1:7000", true), ("tcp://127.0.1.1:7000", true), ("tcp://[::1]:7000", true),
      ("tcp://10.0.0.1:7000", false), ("tcp://[fd00::1]:7000", false), ("tcp://128.0.0.1:7000", false),
    ])
  func loopback(_ text: String, _ isLoopback: Bool) throws {
    #expect(try ZeroMQ.Endpoint(text).isLoopback == isLoopback)
  }
}
