import Foundation

/// A program in Python without packages: another implementation to compare with.
enum PythonProcess {
  static func start(_ program: String, _ arguments: [String], input: Pipe = Pipe()) throws -> (Process, output: Pipe) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program] + arguments
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    return (process, output)
  }

  /// What the program prints, as JSON.
  static func value<Value: Decodable>(of program: String, _ arguments: [String]) throws -> Value {
    let (process, output) = try start(program, arguments)
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return try JSONDecoder().decode(Value.self, from: data)
  }
}
