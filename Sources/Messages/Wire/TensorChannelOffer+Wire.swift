import CTareMessages

extension TensorChannelOffer: @unsafe WireValue {
  private static let portField = IntegerField("tensor_channel_offer.port", in: 1...65535)
  private static let passwordField = TextField("tensor_channel_offer.password")
  private static let secretField = TextField("tensor_channel_offer.secret")

  init(_ wire: Tare__V1__TensorChannelOffer) throws(MessageError) {
    self.init(
      port: UInt16(try unsafe Self.portField.read(wire.port)),
      password: try unsafe Self.passwordField.read(wire.password), id: unsafe wire.id,
      secret: try unsafe Self.secretField.read(wire.secret))
  }

  func write(to wire: inout Tare__V1__TensorChannelOffer, in draft: Draft) throws(MessageError) {
    unsafe wire.port = try Self.portField.write(Int(port))
    unsafe wire.password = try Self.passwordField.write(password, in: draft)
    unsafe wire.id = id
    unsafe wire.secret = try Self.secretField.write(secret, in: draft)
  }
}
