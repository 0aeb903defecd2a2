import FileFerryBridge

@testable import FileFerry

extension ServiceModel where Self: TapeReadable {
    /// What this package reads from the tape that the library writes for plain JSON.
    static func throughTheLibrary(
        _ plain: String, as typeName: String = "\(Self.self)", service: String = "keep2share"
    ) throws -> Self {
        TapeReader.read(try fromPlain(service: service, typeName: typeName, json: plain))
    }
}
