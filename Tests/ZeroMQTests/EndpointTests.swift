import Testing
import ZeroMQ

@Suite struct EndpointTests {
  @Test(arguments: ["tcp://127.0.0.1:0", "tcp://[::1]:65535", "ipc:///tmp/a/b.sock", "inproc://server 1"])
  func keepsItsText(text: String) throws {
    #expect(try Endpoint(text).description == text)
  }

  @Test(arguments: [
    ("", "must begin with"), ("http://x:1", "must begin with"), ("tcp://127.0.0.1", "needs a port from 0 to 65535"),
    ("tcp://h:65536", "needs a port from 0 to 65535"), ("tcp://h:", "needs a port"), ("tcp://:1", "needs a host"),
    ("ipc://", "needs a path of 1 to 99 bytes, not 0"), ("inproc://", "needs a name"), ("inproc://a\0b", "NUL"),
    ("ipc:///" + String(repeating: "ä", count: 50), "needs a path of 1 to 99 bytes, not 101"),
  ])
  func namesWhatIsWrong(text: String, rule: String) throws {
    let error = #expect(throws: EndpointError.self) { try Endpoint(text) }
    #expect("\(try #require(error))".contains(rule))
  }

  @Test func acceptsAPathOf99Bytes() throws {
    #expect(throws: Never.self) { try Endpoint("ipc:///" + String(repeating: "a", count: 98)) }
  }
}
