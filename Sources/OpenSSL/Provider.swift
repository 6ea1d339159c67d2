import COpenSSL

/// The algorithms of libcrypto's default provider, in a library context of our own: what a machine's `openssl.cnf` turns
/// off or replaces for other programs does not change or break a hash here.
enum Provider {
  nonisolated(unsafe) private static let context: OpaquePointer? = {
    guard let context = unsafe OSSL_LIB_CTX_new(), unsafe OSSL_PROVIDER_load(context, "default") != nil else {
      return nil
    }
    return unsafe context
  }()

  /// Immutable once fetched, and libcrypto counts references to it atomically: every thread may use it.
  nonisolated(unsafe) static let sha256: OpaquePointer? = unsafe EVP_MD_fetch(context, "SHA256", nil)
}
