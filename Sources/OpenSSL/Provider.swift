import COpenSSL

/// The algorithms of libcrypto's default provider, in a private library context, so that a machine's `openssl.cnf`
/// cannot disable or replace an algorithm.
enum Provider {
  nonisolated(unsafe) private static let context: OpaquePointer? = {
    guard let context = unsafe OSSL_LIB_CTX_new(), unsafe OSSL_PROVIDER_load(context, "default") != nil else {
      return nil
    }
    return unsafe context
  }()

  /// Immutable once fetched, and libcrypto counts its references atomically, so any thread may use it.
  nonisolated(unsafe) static let sha256: OpaquePointer? = unsafe EVP_MD_fetch(context, "SHA256", nil)
  nonisolated(unsafe) static let aes256gcm: OpaquePointer? = unsafe EVP_CIPHER_fetch(context, "AES-256-GCM", nil)
}
