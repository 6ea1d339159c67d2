import Specification
import Testing

@Suite("Conventions in words")
struct RunSpecConventionTests {
  @Test(
    "the PyTorch call of each rule",
    arguments: [
      (
        ["optimizer.learningRate=0.01", "l2=2.5e-4"],
        "PyTorch: torch.optim.SGD(lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.0005); γ, β: weight_decay=0.0; "
          + "head: weight_decay=0.0"
      ),
      (["optimizer=sgd", "l2=0"], "PyTorch: torch.optim.SGD(lr=0.1, weight_decay=0.0)"),
      (
        ["optimizer=momentum", "l2=0", "groups.head.learningRate=1"],
        "PyTorch: torch.optim.SGD(lr=0.02, momentum=0.9, weight_decay=0.0); head: lr=1.0, weight_decay=0.0"
      ),
      (
        ["optimizer=adam", "l2=0.5", "regularizeGammaBeta=true", "groups.head.l2=0.5"],
        "PyTorch: torch.optim.Adam(lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=1.0)"
      ),
      (
        ["optimizer=adamw", "groups.head.weightDecay=0.01", "regularizeGammaBeta=true"],
        "PyTorch: torch.optim.AdamW(lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01)"
      ),
      (["weightDecay=0.1"], "PyTorch: no single equivalent"),
      (["optimizer=adamw", "l2=0.1", "weightDecay=0.1"], "PyTorch: no single equivalent"),
      (
        ["optimizer=rmsprop", "l2=0.5", "regularizeGammaBeta=true", "groups.head.l2=0.5", "groups.head.epsilon=1e-3"],
        "PyTorch: torch.optim.RMSprop(lr=0.001, alpha=0.99, eps=1e-08, weight_decay=1.0); "
          + "head: eps=0.001, weight_decay=1.0"
      ),
      (["optimizer=rmsprop", "weightDecay=0.1"], "PyTorch: no single equivalent"),
      (["optimizer=lion"], "PyTorch: no single equivalent"),
      (["projection=filter"], "PyTorch: no single equivalent"),
      (["follow=runs/donor"], "PyTorch: no single equivalent"),
    ])
  func pyTorch(settings: [String], line: String) throws {
    #expect(try SpecSamples.spec(settings).conventionLines.last == line)
  }

  @Test("λ_d is twice the paper's λ")
  func coupled() throws {
    let lines = try SpecSamples.spec(["l2=2.5e-4"]).conventionLines
    #expect(lines[0].contains("λ_d = 2·l2 = 0.0005 (coupled)"))
  }

  @Test("decoupled decay with an SGD rule says what PyTorch's means")
  func decoupled() throws {
    let lines = try SpecSamples.spec(["weightDecay=0.1"]).conventionLines
    #expect(lines[0].contains("decoupled; PyTorch's SGD(weight_decay=x) is l2 = x/2"))
    let adamw = try SpecSamples.spec(["optimizer=adamw"]).conventionLines
    #expect(adamw[0].contains("(decoupled)"))
  }

  @Test("no penalty is said, and so is a dropped one")
  func none() throws {
    #expect(try SpecSamples.spec(["l2=0"]).conventionLines[0] == "no penalty on weights: λ_d = 0")
    let projected = try SpecSamples.spec(["projection=filter", "l2=1"]).conventionLines
    #expect(projected.contains { $0.contains("l2 is dropped") })
  }
}
