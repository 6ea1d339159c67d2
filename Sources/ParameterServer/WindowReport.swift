package import Parameters

/// A server's report after the update that ends a logging window.
package struct WindowReport: Hashable, Sendable {
  /// The version just reached: the number of updates applied.
  package let version: Int
  /// Over all samples of the window's steps.
  package let tally: Tally
  /// Updates in the window.
  package let steps: Int
  /// Tensor by tensor in shard order: for logged tensors one `FilterWindow` per scale-invariance group, for all others
  /// one `ElementWindow` per element.
  package let windows: [Double]
  /// The first parameter of the shard whose update was not finite.
  package let nonFinite: String?
  /// Then the ranks of the workers whose gradients were not finite; empty if those of all workers were not, or if the
  /// update itself was not.
  package var senders: [Int]

  package init(
    version: Int, tally: Tally, steps: Int, windows: [Double], nonFinite: String?, senders: [Int] = []
  ) {
    self.version = version
    self.tally = tally
    self.steps = steps
    self.windows = windows
    self.nonFinite = nonFinite
    self.senders = senders
  }
}
