// swift-tools-version: 6.0

import PackageDescription

let programs = ["Demo", "Backup", "Links", "Captcha"]

let package = Package(
    name: "Examples",
    platforms: [.macOS(.v12)],
    products: programs.map { .executable(name: $0.lowercased(), targets: [$0]) },
    dependencies: [.package(path: "../../bindings-swift/FileFerry")],
    targets: programs.map {
        .executableTarget(name: $0, dependencies: [.product(name: "FileFerry", package: "FileFerry")])
    },
    swiftLanguageModes: [.v6]
)
