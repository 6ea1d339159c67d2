import CFuzzing
import Foundation
import Fuzzing

let usage = """
  tare-fuzz list                       the targets
  tare-fuzz TARGET try COUNT FILE...   seeds, files, hostile inputs and COUNT mutants, without coverage
  tare-fuzz TARGET prepare FOLDER      the seeds as files, and the dictionary as FOLDER.dict
  tare-fuzz TARGET search ARGUMENT...  libFuzzer, with its own arguments; see `make fuzz`

  """

/// Prints `sentence` and ends the process with the exit code for usage errors.
func refuse(_ sentence: String) -> Never {
  FileHandle.standardError.write(Data(sentence.utf8))
  exit(64)
}

/// The target of libFuzzer's callback; global because a C function has no context.
nonisolated(unsafe) var searched: FuzzTarget?

let arguments = CommandLine.arguments.dropFirst()
guard let name = arguments.first else { refuse(usage) }
if name == "list" {
  for target in FuzzTarget.all { print(target.name) }
  exit(0)
}
guard let target = FuzzTarget.named(name) else {
  refuse("There is no target \(name); accepted: \(FuzzTarget.all.map(\.name).joined(separator: ", ")).\n")
}
let rest = arguments.dropFirst(2)
switch arguments.dropFirst().first {
case "try":
  guard let count = rest.first.flatMap({ Int($0) }) else { refuse(usage) }
  let given = try rest.dropFirst().map { ($0, Array(try Data(contentsOf: URL(filePath: $0)))) }
  exit(Trial(target).run(given: given, mutants: count) ? 0 : 70)
case "prepare":
  guard let folder = rest.first else { refuse(usage) }
  try Corpus(target).write(to: folder)
case "search":
  unsafe searched = target
  var argv = unsafe ([CommandLine.arguments[0]] + rest).map { unsafe strdup($0) } + [nil]
  let status = unsafe tare_libfuzzer_run(Int32(argv.count - 1), &argv) { bytes, count in
    _ = unsafe searched?.decode(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  }
  guard status >= 0 else { refuse("This program was built without libFuzzer; `make fuzz` builds one with it.\n") }
  exit(status)
default: refuse(usage)
}
