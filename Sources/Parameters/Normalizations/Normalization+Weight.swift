extension Normalization {
  /// Weight normalization: y = γ Xw / ‖w‖ + β per filter (Salimans, Kingma 2016, arXiv:1602.07868).
  package static let weight = Normalization("weight", .filterNorm)
}
