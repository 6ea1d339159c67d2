// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]
/// For tests: most compute little themselves, and optimizing them would take minutes of processor time.
let unoptimized: [SwiftSetting] = [.unsafeFlags(["-Onone"])]
let cSettings: [CSetting] = [.treatAllWarnings(as: .error)]

/// Of the sources, for `tare --version`: `make build` says it.
let commit = Context.environment["TARE_COMMIT"].map { [CSetting.define("TARE_COMMIT", to: "\"\($0)\"")] } ?? []

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// A Swift target of this package, with the house's settings.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one module, with what else they need.
///
/// - Parameter compute: whether they take long to compute what they compare with.
func tests(
  of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource] = [],
  compute: Bool = false
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude, resources: resources,
    swiftSettings: settings + (compute ? [] : unoptimized))
}

let package = Package(
  name: "tare",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // C
    .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
    .systemLibrary(name: "CProtobufC", providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CMicroHTTPD", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLibCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CPNG", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CLibArchive", providers: [.apt(["libarchive-dev"])]),
    .target(
      name: "CTareMessages", dependencies: ["CProtobufC"], cSettings: cSettings,
      linkerSettings: [.linkedLibrary("protobuf-c")]),
    .target(name: "CKernels", cSettings: cSettings),
    .target(name: "CFuzzing", cSettings: cSettings),
    .target(name: "CDescriptors", cSettings: cSettings),
    .target(name: "CSealedMemory", cSettings: cSettings),
    .target(name: "CClock", cSettings: cSettings),
    .target(name: "CCommit", cSettings: cSettings + commit),

    // Overlays
    module("ZeroMQ", ["CZeroMQ", "CDescriptors"]),
    module("OneDNN", ["COneDNN"]),
    module("OpenSSL", ["COpenSSL"]),
    module("MicroHTTPD", ["CMicroHTTPD", "CDescriptors"]),
    module("LibArchive", ["CLibArchive"]),
    module("PNG", ["CPNG"]),
    module("LibCurl", ["CLibCurl"]),

    // Leaf: exit codes and the errors that carry them
    module("Failures"),

    // Pure: no I/O, no clock
    module("Parameters", ["CKernels"]),
    module("Optimization", ["CKernels", "Parameters", "Failures"]),
    module("EffectiveLearningRate", ["Parameters", "Optimization"]),
    module("ParameterServer", ["Parameters", "Optimization", "EffectiveLearningRate"]),
    module("Worker", ["Parameters"]),
    module("Specification", ["Parameters", "Optimization", "Failures", "OpenSSL"]),
    module("Coordination", ["Parameters", "Failures"]),

    // Edges
    module("Datasets", ["Parameters", "Failures", "CZlib", "LibArchive", "OpenSSL", "PNG"]),
    module("NeuralNetwork", ["CKernels", "Parameters", "Failures", "OneDNN"]),
    module("Exports", ["NeuralNetwork", "Parameters", "Messages", "CTareMessages"]),
    module("Messages", ["CTareMessages", "Parameters", "Failures"]),
    module("Transport", ["Messages", "Parameters", "Failures", "ZeroMQ", "OpenSSL", "CSealedMemory"]),
    module("Launching", ["Coordination", "Failures"]),
    module("Plans", ["Specification", "Failures", "Yams"]),
    module("Records", ["Parameters", "EffectiveLearningRate", "Coordination", "Failures", "OpenSSL"]),
    module("Downloads", ["Datasets", "Records", "Failures", "LibArchive", "LibCurl"]),
    module(
      "RunDefinition",
      [
        "Specification", "Coordination", "Parameters", "Optimization", "EffectiveLearningRate", "ParameterServer",
        "Datasets", "NeuralNetwork", "Exports", "OneDNN", "OpenSSL", "Records", "Failures",
      ]),
    module(
      "Roles",
      [
        "RunDefinition", "Coordination", "Specification", "Parameters", "Optimization", "ParameterServer", "Worker",
        "Datasets",
        "NeuralNetwork", "Messages", "Transport", "ZeroMQ", "Launching", "Failures", logging,
      ]),
    module(
      "Hosting",
      ["Roles", "Coordination", "Messages", "Parameters", "Transport", "ZeroMQ", "Launching", "OpenSSL", "Failures"]),
    module(
      "Diagnosis",
      [
        "Failures", "Hosting", "Launching", "OneDNN", "Parameters", "Records", "ZeroMQ", "CClock", "CCommit",
        "CLibArchive", "CLibCurl", "CMicroHTTPD", "CPNG",
        "COpenSSL", "CProtobufC", "CSealedMemory", "CZeroMQ", "CZlib",
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    module(
      "Measuring",
      [
        "Parameters", "Optimization", "EffectiveLearningRate", "Specification", "RunDefinition", "Records", "Plans",
        "Failures",
      ]),
    module("TensorBoard", ["CTareMessages", "Messages", "Records"]),
    module(
      "Training",
      [
        "Roles", "Hosting", "RunDefinition", "Coordination", "Specification", "Parameters", "Optimization",
        "EffectiveLearningRate", "ParameterServer", "Datasets", "NeuralNetwork", "OneDNN", "Messages", "Transport",
        "ZeroMQ", "Launching", "Records", "TensorBoard", "Failures", logging,
      ]),
    .target(
      name: "Reports",
      dependencies: [
        "Specification", "Optimization", "Parameters", "EffectiveLearningRate", "Records", "RunFilters", "Failures",
      ],
      resources: ["report.css", "figures.js", "filter.js", "report.js", "live.js"].map { .embedInCode("Page/" + $0) },
      swiftSettings: settings),
    module("Terminal", ["Records", "Coordination", "Failures"]),
    module("RunFilters", ["Specification", "Optimization", "Records", "Failures"]),
    module("RunStore", ["Specification", "EffectiveLearningRate", "Records", "RunFilters", "Failures", grdb]),
    module(
      "Serving",
      [
        "Coordination", "EffectiveLearningRate", "Failures", "Parameters", "Records", "Reports", "OpenSSL",
        "MicroHTTPD",
      ]),
    module(
      "Sweeps",
      [
        "Specification", "Coordination", "Datasets", "Launching", "NeuralNetwork", "Parameters", "Records",
        "RunDefinition", "Hosting",
        "Training", "TensorBoard", "Transport", "Failures", "OpenSSL",
      ]),
    module(
      "Claims",
      [
        "Parameters", "Optimization", "EffectiveLearningRate", "Specification", "Records", "Terminal", "Training",
        "Failures", "OpenSSL",
      ]),
    module(
      "Benchmarks",
      [
        "Failures", "Parameters", "Optimization", "EffectiveLearningRate", "ParameterServer", "NeuralNetwork",
        "Datasets", "Specification", "RunDefinition",
      ]),
    module(
      "Fuzzing",
      [
        "Parameters", "Specification", "Coordination", "Datasets", "Messages", "Plans", "Records", "RunDefinition",
        "CFuzzing",
        "CZlib",
      ]),

    module(
      "Simulation",
      ["Parameters", "Optimization", "ParameterServer", "Worker", "Coordination", "Messages", "Failures"]),

    // The process
    .executableTarget(
      name: "tare",
      dependencies: [
        "Parameters", "EffectiveLearningRate", "Specification", "Coordination", "Datasets", "Transport", "ZeroMQ",
        "Launching", "Plans", "Records", "Reports", "Terminal", "RunDefinition", "Roles", "Hosting", "Training",
        "RunFilters",
        "RunStore",
        "Serving", "Sweeps", "Exports", "Measuring", "Benchmarks", "Claims", "OneDNN", "NeuralNetwork",
        "Optimization", "Simulation", "Failures", "CDescriptors", "Diagnosis", "Messages", "PNG", "Downloads",
        "MicroHTTPD",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    .executableTarget(name: "tare-fuzz", dependencies: ["CFuzzing", "Fuzzing"], swiftSettings: settings),
    .executableTarget(
      name: "tare-instructions",
      dependencies: [
        "Parameters", "Optimization", "EffectiveLearningRate", "ParameterServer", "Messages", "Records", "Datasets",
        "Specification", "Simulation",
      ],
      swiftSettings: settings),

    // Tests: one target a module, and real processes at the end
    .target(
      name: "TestSupport",
      dependencies: [
        "CKernels", "Parameters", "Optimization", "ParameterServer", "NeuralNetwork", "Specification", "Datasets",
        "RunDefinition", "Records", "OpenSSL",
      ], path: "Tests/TestSupport",
      swiftSettings: settings),
    tests(of: "ZeroMQ", ["TestSupport"]),
    tests(of: "OneDNN"),
    tests(of: "OpenSSL", ["Parameters", "TestSupport"]),
    tests(of: "MicroHTTPD", ["TestSupport"]),
    tests(of: "Parameters", compute: true),
    tests(of: "Optimization", ["CKernels", "Parameters", "TestSupport"], exclude: ["Fixtures"], compute: true),
    tests(of: "EffectiveLearningRate", ["Parameters", "Optimization", "TestSupport"], compute: true),
    tests(of: "ParameterServer", ["Parameters", "Optimization", "EffectiveLearningRate", "Worker"]),
    tests(of: "Worker", ["Parameters"]),
    tests(of: "Failures"),
    tests(of: "Specification", ["Parameters", "Optimization"], resources: [.copy("Fixtures")]),
    tests(of: "Coordination", ["Parameters", "Failures"]),
    tests(of: "Datasets", ["Parameters", "CZlib", "PNG", "TestSupport", "OpenSSL"], compute: true),
    tests(of: "Downloads", ["Datasets", "Failures", "OpenSSL", "TestSupport"]),
    tests(
      of: "NeuralNetwork", ["CKernels", "OneDNN", "Parameters", "TestSupport"], exclude: ["Fixtures"], compute: true),
    tests(of: "Messages", ["Parameters", "TestSupport"], exclude: ["golden.py"]),
    tests(of: "Transport", ["CSealedMemory", "Messages", "OpenSSL", "Parameters", "TestSupport", "ZeroMQ"]),
    tests(of: "Launching", ["Coordination"]),
    tests(of: "Hosting", ["Failures", "TestSupport", "Transport", "ZeroMQ"]),
    tests(of: "Diagnosis", ["Hosting", "Parameters", "TestSupport"]),
    tests(of: "Plans", ["Specification", "TestSupport"]),
    tests(
      of: "Records", ["Parameters", "EffectiveLearningRate", "Coordination", "TestSupport"], exclude: ["Fixtures"]),
    tests(
      of: "Reports",
      [
        "Specification", "Optimization", "Parameters", "EffectiveLearningRate", "Records", "RunFilters", "RunStore",
        "TestSupport",
      ], compute: true),
    tests(of: "Terminal", ["Records", "Coordination"]),
    tests(of: "TensorBoard", ["TestSupport"]),
    tests(
      of: "Measuring",
      ["Parameters", "Optimization", "EffectiveLearningRate", "Records", "Plans", "Failures", "TestSupport"]),
    tests(of: "Exports", ["NeuralNetwork", "Parameters"]),
    tests(of: "Serving", ["Specification", "Parameters", "Records", "TestSupport", "OpenSSL"]),
    tests(of: "RunStore", ["Specification", "Records", "RunFilters", "TestSupport", grdb]),
    tests(of: "Sweeps", ["Specification", "Records", "TensorBoard", "TestSupport", "Failures"]),
    tests(
      of: "RunDefinition",
      [
        "Parameters", "Optimization", "EffectiveLearningRate", "ParameterServer", "NeuralNetwork", "Specification",
        "Coordination", "Datasets", "Records", "TestSupport",
      ]),
    tests(
      of: "Training",
      [
        "EffectiveLearningRate", "RunDefinition", "ParameterServer", "Parameters", "NeuralNetwork", "Specification",
        "Coordination", "Datasets", "Records", "Roles", "Failures", "TestSupport", "Transport", "OpenSSL",
      ]),
    tests(
      of: "Roles",
      [
        "Coordination", "Datasets", "Failures", "Messages", "NeuralNetwork", "ParameterServer", "Parameters",
        "RunDefinition", "Specification", "TestSupport", "Transport", "ZeroMQ",
      ]),
    tests(
      of: "Claims",
      [
        "Specification", "Optimization", "Parameters", "EffectiveLearningRate", "Records", "RunDefinition", "Failures",
        "TestSupport",
      ],
      exclude: ["Fixtures"]),
    tests(of: "Simulation", ["Parameters", "TestSupport"], compute: true),
    tests(of: "Benchmarks", ["Launching", "NeuralNetwork", "Parameters", "TestSupport"]),
    tests(of: "Fuzzing", ["tare-fuzz"], resources: [.copy("Regressions")]),
    .testTarget(
      name: "TareTests",
      dependencies: [
        "Specification", "Coordination", "EffectiveLearningRate", "Failures", "Reports", "TestSupport", "tare",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings + unoptimized),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Messages", "OneDNN", "Parameters", "TestSupport", "Transport", "ZeroMQ", "OpenSSL", "CDescriptors",
      ],
      swiftSettings: settings + unoptimized),
  ]
)
