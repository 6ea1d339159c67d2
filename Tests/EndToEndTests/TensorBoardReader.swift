import Foundation
import Testing

/// The reader of the PyPI package `tensorboard`.
enum TensorBoardReader {
  static let missing =
    "no Python that can import tensorboard: give one in TARE_TENSORBOARD_PYTHON, or put it on the PATH as python3"

  /// The interpreter that has the package: `TARE_TENSORBOARD_PYTHON`, or else `python3`.
  static let python: String? = {
    let python = ProcessInfo.processInfo.environment["TARE_TENSORBOARD_PYTHON"] ?? "python3"
    return (try? run(python, "import tensorboard", []))?.status == 0 ? python : nil
  }()

  struct Point: Hashable, Decodable {
    var step: Int
    var value: Float
  }

  struct Histogram: Decodable {
    var step: Int
    var count: Double
    var inBuckets: Double
    var buckets: Int
    var sumOfSquares: Double
  }

  struct Reading: Decodable {
    var scalars: [String: [Point]]
    var histograms: [String: [Histogram]]
  }

  /// What is in the event files of one run.
  static func reading(of folder: String) throws -> Reading {
    try value(
      of: """
        import json, sys
        from tensorboard.backend.event_processing import event_accumulator as e
        run = e.EventAccumulator(sys.argv[1], size_guidance={e.SCALARS: 0, e.HISTOGRAMS: 0, e.COMPRESSED_HISTOGRAMS: 0})
        run.Reload()
        def histogram(event):
          h = event.histogram_value
          return dict(step=event.step, count=h.num, inBuckets=sum(h.bucket), buckets=len(h.bucket),
            sumOfSquares=h.sum_squares)
        json.dump(dict(
          scalars={t: [dict(step=p.step, value=p.value) for p in run.Scalars(t)] for t in run.Tags()["scalars"]},
          histograms={t: [histogram(p) for p in run.Histograms(t)] for t in run.Tags()["histograms"]}), sys.stdout)
        """, [folder])
  }

  struct Trial: Decodable {
    var status: String
    var learningRate: Double
    var condition: String
    var seed: Double
    var testError: Float?
  }

  struct Sweep: Decodable {
    var isActive: Bool
    var hyperparameters: [String]
    var metrics: [String]
    var trials: [Trial]
  }

  /// What the HParams plugin makes of a sweep's folder.
  static func sweep(_ folder: String) throws -> Sweep {
    try value(
      of: """
        import json, sys
        from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
        from tensorboard.context import RequestContext
        from tensorboard.plugins import base_plugin
        from tensorboard.plugins.hparams import api_pb2, backend_context, hparams_plugin, list_session_groups
        runs = plugin_event_multiplexer.EventMultiplexer()
        runs.AddRunsFromDirectory(sys.argv[1])
        runs.Reload()
        provider = data_provider.MultiplexerDataProvider(runs, sys.argv[1])
        context = base_plugin.TBContext(logdir=sys.argv[1], multiplexer=runs, data_provider=provider)
        backend = backend_context.Context(context)
        experiment = backend.experiment_from_metadata(
          RequestContext(), "", True, backend.hparams_metadata(RequestContext(), ""), [])
        request = api_pb2.ListSessionGroupsRequest(start_index=0, slice_size=1000, allowed_statuses=[0, 1, 2, 3],
          include_metrics=True, col_params=[
            api_pb2.ColParams(metric=m.name) for m in experiment.metric_infos])
        groups = list_session_groups.Handler(RequestContext(), backend, "", request).run()
        def trial(group):
          h = group.hparams
          error = [m.value for m in group.metric_values if m.name.tag == "error/test"]
          return dict(status=api_pb2.Status.Name(group.sessions[0].status),
            learningRate=h["optimizer.learningRate"].number_value, condition=h["condition"].string_value,
            seed=h["seed"].number_value, testError=error[0] if error else None)
        json.dump(dict(isActive=True if "hparams" in runs.ActivePlugins() else False,
          hyperparameters=[h.name for h in experiment.hparam_infos],
          metrics=[m.name.tag for m in experiment.metric_infos],
          trials=[trial(g) for g in groups.session_groups]), sys.stdout)
        """, [folder])
  }

  private static func value<Value: Decodable>(of program: String, _ arguments: [String]) throws -> Value {
    let (status, output, errors) = try run(try #require(python), program, arguments)
    try #require(status == 0, "\(String(decoding: errors, as: UTF8.self))")
    return try JSONDecoder().decode(Value.self, from: output)
  }

  /// Ends the program after 120 s.
  private static func run(
    _ python: String, _ program: String, _ arguments: [String]
  ) throws -> (status: Int32, output: Data, errors: Data) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "120", python, "-c", program] + arguments
    let output = Pipe()
    let errors = FileManager.default.temporaryDirectory.appendingPathComponent("tare-\(UUID().uuidString).err")
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, data, (try? Data(contentsOf: errors)) ?? Data())
  }
}
