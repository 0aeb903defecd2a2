// swift-tools-version: 6.0

import Foundation
import PackageDescription

// The native library comes from one of three places: an app on Apple's systems links the XCFramework that the release
// script makes; a packed release has it in `libraries`; in the repository it is what `cargo build -p fileferry-ffi` left
// in cargo's folder.
let nativeTarget: Target
let nativeSettings: [LinkerSetting]
if let framework = Context.environment["FILEFERRY_XCFRAMEWORK"] {
    nativeTarget = .binaryTarget(name: "FileFerryNative", path: framework)
    nativeSettings = ["CoreFoundation", "Security", "SystemConfiguration"].map { .linkedFramework($0) }
} else {
    let packed = Context.packageDirectory + "/libraries"
    let built = Context.packageDirectory + "/../../target/debug"
    let found = FileManager.default.fileExists(atPath: packed) ? packed : built
    let folder = Context.environment["FILEFERRY_LIBRARY_DIR"] ?? found
    nativeTarget = .systemLibrary(name: "FileFerryNative")
    nativeSettings = [.unsafeFlags(["-L\(folder)", "-Xlinker", "-rpath", "-Xlinker", folder])]
}

let package = Package(
    name: "FileFerry",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "FileFerry", targets: ["FileFerry"])],
    targets: [
        nativeTarget,
        // What uniffi writes is not ready for complete concurrency checking, so it stands apart from our own code.
        .target(
            name: "FileFerryBridge",
            dependencies: ["FileFerryNative"],
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: nativeSettings
        ),
        .target(name: "FileFerry", dependencies: ["FileFerryBridge"]),
        .testTarget(name: "FileFerryTests", dependencies: ["FileFerry", "ExitProbe"]),
        // A program that tests run, to see how a process ends.
        .executableTarget(name: "ExitProbe", dependencies: ["FileFerry"], path: "Tests/ExitProbe"),
    ],
    swiftLanguageModes: [.v6]
)
