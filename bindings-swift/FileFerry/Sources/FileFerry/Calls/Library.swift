internal import FileFerryBridge

/// The native library that was loaded.
enum Library {
    static let version = Generated.version

    /// An answer can only be read by code that was made from the same tables as the library.
    static func check() throws {
        guard fits else {
            throw FileFerryError(
                kind: .internal,
                message: "the native library of fileferry is not the one that this package was made for")
        }
    }

    private static let fits = fingerprint() == Generated.fingerprint
}
