// swift-tools-version: 6.0

import PackageDescription

let package = Package(
    name: "ConformanceRunner",
    platforms: [.macOS(.v12)],
    products: [.executable(name: "runner", targets: ["ConformanceRunner"])],
    dependencies: [.package(path: "../../../../bindings-swift/FileFerry")],
    targets: [
        .executableTarget(
            name: "ConformanceRunner", dependencies: [.product(name: "FileFerry", package: "FileFerry")])
    ],
    swiftLanguageModes: [.v6]
)
