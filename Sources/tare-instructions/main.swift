// Repeats one hot path, for Tests/instructions to count what that costs:
//   tare-instructions                     the names of the paths
//   tare-instructions NAME REPETITIONS    prepares the path and repeats it
import Glibc
import Parameters

let arguments = Array(CommandLine.arguments.dropFirst())
guard let name = arguments.first else {
  for path in HotPath.all { print(path.name) }
  exit(0)
}
guard arguments.count == 2, let repetitions = Int(arguments[1]), repetitions >= 0,
  let path = HotPath.all.first(where: { $0.name == name })
else {
  print("usage: tare-instructions [NAME REPETITIONS]")
  exit(64)
}
// One instruction set everywhere, so that every machine counts the same; valgrind knows none beyond it.
guard InstructionSet.available.contains(.v3) else {
  print("this processor has no AVX2")
  exit(69)
}
InstructionSet.current = .v3
let repetition = try path.prepare()
for _ in 0..<repetitions { try repetition() }
