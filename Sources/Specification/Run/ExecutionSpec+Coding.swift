extension ExecutionSpec {
  /// Reads what this version writes, and what an earlier one did: fields that have come since have their defaults.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    workers = try container.decode(Int.self, forKey: .workers)
    threads = try container.decode(Int.self, forKey: .threads)
    servers = try container.decode(Int.self, forKey: .servers)
    spare = try container.decode(Int.self, forKey: .spare)
    launcher = try container.decode(Launcher.self, forKey: .launcher)
    transport = try container.decode(Transport.self, forKey: .transport)
    listen = try container.decodeIfPresent(String.self, forKey: .listen)
    joinDeadline = try container.decode(Double.self, forKey: .joinDeadline)
    metricsEvery = try container.decode(Int.self, forKey: .metricsEvery)
    metrics = try container.decode([String].self, forKey: .metrics)
    recordRates = try container.decode(Bool.self, forKey: .recordRates)
    tensorboard = try container.decodeIfPresent(Bool.self, forKey: .tensorboard) ?? tensorboard
    evaluateEvery = try container.decode(Int.self, forKey: .evaluateEvery)
    checkpointEvery = try container.decode(Int.self, forKey: .checkpointEvery)
    keepCheckpoints = try container.decode(Int.self, forKey: .keepCheckpoints)
    keepEvery = try container.decode(Int.self, forKey: .keepEvery)
    output = try container.decodeIfPresent(String.self, forKey: .output)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    tags = try container.decode([String].self, forKey: .tags)
    progress = try container.decode(Progress.self, forKey: .progress)
    json = try container.decode(Bool.self, forKey: .json)
  }
}
