// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]
let cSettings: [CSetting] = [.treatAllWarnings(as: .error)]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let http = ["FlyingFox", "FlyingSocks"].map { Target.Dependency.product(name: $0, package: "FlyingFox") }
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// A Swift target of this package, with the house's settings.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one module, with what else they need.
func tests(
  of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude, resources: resources,
    swiftSettings: settings)
}

let package = Package(
  name: "tare",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    // C
    .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
    .systemLibrary(name: "CProtobufC", providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "CTareMessages", dependencies: ["CProtobufC"], cSettings: cSettings,
      linkerSettings: [.linkedLibrary("protobuf-c")]),
    .target(name: "CKernels", cSettings: cSettings),
    .target(name: "CFuzzing", cSettings: cSettings),

    // Overlays
    module("ZeroMQ", ["CZeroMQ"]),
    module("OneDNN", ["COneDNN"]),

    // Pure: no I/O, no clock
    module("Parameters", ["CKernels"]),
    module("Optimization", ["Parameters"]),
    module("EffectiveLearningRate", ["Parameters", "Optimization"]),
    module("ParameterServer", ["Parameters", "Optimization", "EffectiveLearningRate"]),
    module("Worker", ["Parameters"]),
    module("Coordination", ["Parameters", "Optimization", crypto]),

    // Edges
    module("Datasets", ["Parameters", "CZlib", crypto]),
    module("NeuralNetwork", ["Parameters", "OneDNN"]),
    module("Messages", ["CTareMessages", "Parameters"]),
    module("Transport", ["Messages", "Parameters", "ZeroMQ"]),
    module("Launching", ["Coordination"]),
    module("Plans", ["Coordination", "Yams"]),
    module("Records", ["Parameters", crypto]),
    .target(
      name: "Reports", dependencies: ["Coordination", "Optimization", "Parameters", "Records"],
      resources: ["report.css", "report.js", "live.js"].map { .embedInCode("Page/" + $0) }, swiftSettings: settings),
    module("TensorBoard", ["CTareMessages", "Messages", "Records"]),
    module("RunStore", ["Coordination", "Records", grdb]),
    module("Serving", ["Coordination", "Parameters", "Records", "Reports", crypto] + http),
    module(
      "Roles",
      [
        "Parameters", "Optimization", "EffectiveLearningRate", "ParameterServer", "Worker", "Coordination", "Datasets",
        "NeuralNetwork", "OneDNN", "Messages", "Transport", "ZeroMQ", "Launching", "Records", "TensorBoard", crypto,
        logging,
      ]),
    module(
      "Sweeps",
      [
        "Coordination", "Datasets", "Launching", "NeuralNetwork", "Parameters", "Records", "Roles", "TensorBoard",
        "Transport", crypto,
      ]),
    module(
      "Claims",
      [
        "Parameters", "Optimization", "Coordination", "Records", "Reports", "Launching", "Roles",
        "Transport",
        crypto,
      ]),
    module(
      "Benchmarks",
      [
        "Parameters", "Optimization", "EffectiveLearningRate", "ParameterServer", "NeuralNetwork", "Datasets",
        "Coordination", "Roles",
      ]),
    module(
      "Fuzzing",
      ["Parameters", "Coordination", "Datasets", "Messages", "Plans", "Records", "Roles", "CFuzzing", "CZlib"]),

    module(
      "Simulation",
      ["Parameters", "Optimization", "EffectiveLearningRate", "ParameterServer", "Worker", "Coordination"]),

    // The process
    .executableTarget(
      name: "tare",
      dependencies: [
        "Parameters", "EffectiveLearningRate", "Coordination", "Datasets", "Transport", "ZeroMQ", "Launching", "Plans",
        "Records", "Reports", "Roles", "RunStore", "Serving", "Sweeps", "Benchmarks", "Claims", "OneDNN", "Simulation",
        logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    .executableTarget(name: "tare-fuzz", dependencies: ["CFuzzing", "Fuzzing"], swiftSettings: settings),

    // Tests: one target a module, and real processes at the end
    .target(
      name: "TestSupport", dependencies: ["Parameters", "Optimization"], path: "Tests/TestSupport",
      swiftSettings: settings),
    tests(of: "ZeroMQ"),
    tests(of: "OneDNN"),
    tests(of: "Parameters"),
    tests(of: "Optimization", ["Parameters", "TestSupport"], exclude: ["Fixtures"]),
    tests(of: "EffectiveLearningRate", ["Parameters", "Optimization", "TestSupport"]),
    tests(of: "ParameterServer", ["Parameters", "Optimization", "EffectiveLearningRate", "Worker"]),
    tests(of: "Worker", ["Parameters"]),
    tests(of: "Coordination", ["Parameters", "Optimization"], resources: [.copy("Fixtures")]),
    tests(of: "Datasets", ["Parameters", "CZlib", "TestSupport", crypto]),
    tests(of: "NeuralNetwork", ["OneDNN", "Parameters"], exclude: ["Fixtures"]),
    tests(of: "Messages", ["Parameters"], exclude: ["golden.py"], resources: [.copy("golden.json")]),
    tests(of: "Transport", ["Messages", "Parameters", "ZeroMQ"]),
    tests(of: "Launching", ["Coordination"]),
    tests(of: "Plans", ["Coordination"]),
    tests(of: "Records", ["Parameters", "TestSupport"], exclude: ["Fixtures"]),
    tests(of: "Reports", ["Claims", "Coordination", "Optimization", "Parameters", "Records", "TestSupport"]),
    tests(of: "TensorBoard", ["Records", "TestSupport"]),
    tests(of: "Serving", ["Coordination", "Parameters", "Records", "TestSupport", crypto]),
    tests(of: "RunStore", ["Coordination", "Records", "TestSupport", grdb]),
    tests(
      of: "Roles",
      [
        "Parameters", "Optimization", "ParameterServer", "NeuralNetwork", "Coordination", "Datasets", "Records",
        "TestSupport", "Transport",
      ]),
    tests(
      of: "Claims", ["Coordination", "Optimization", "Parameters", "Records", "TestSupport"], exclude: ["Fixtures"]),
    tests(of: "Simulation", ["Coordination"]),
    tests(of: "Benchmarks", ["Coordination", "Launching", "NeuralNetwork", "Parameters"]),
    tests(of: "Fuzzing", ["tare-fuzz"], resources: [.copy("Regressions")]),
    .testTarget(
      name: "TareTests",
      dependencies: [
        "Coordination", "EffectiveLearningRate", "tare",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "EndToEndTests", dependencies: ["Messages", "Parameters", "TestSupport", "ZeroMQ", "tare", crypto],
      swiftSettings: settings),
  ]
)
