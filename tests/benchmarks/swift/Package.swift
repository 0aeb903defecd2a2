// swift-tools-version: 6.0

import PackageDescription

let package = Package(
    name: "Benchmark",
    platforms: [.macOS(.v12)],
    products: [.executable(name: "benchmark", targets: ["Benchmark"])],
    dependencies: [.package(path: "../../../bindings-swift/FileFerry")],
    targets: [
        .executableTarget(name: "Benchmark", dependencies: [.product(name: "FileFerry", package: "FileFerry")])
    ],
    swiftLanguageModes: [.v6]
)
