import ZeroMQ

/// What an agent is started with; the key comes over stdin.
struct AgentCommand {
  let name: String
  /// Addresses of the pool.
  let endpoints: [ZeroMQ.Endpoint]
  var slots: Int?
  var data: String?

  /// Those of the program `tare`.
  var arguments: [String] {
    var arguments = [
      "host", "--launched", "--name", name, "--join", endpoints.map(\.description).joined(separator: ","),
    ]
    if let slots { arguments += ["--slots", "\(slots)"] }
    if let data { arguments += ["--data", data] }
    return arguments
  }
}
