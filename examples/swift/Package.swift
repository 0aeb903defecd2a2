// swift-tools-version: 6.0

import PackageDescription

let package = Package(
    name: "Demo",
    platforms: [.macOS(.v12)],
    products: [.executable(name: "demo", targets: ["Demo"])],
    dependencies: [.package(path: "../../bindings-swift/FileFerry")],
    targets: [.executableTarget(name: "Demo", dependencies: [.product(name: "FileFerry", package: "FileFerry")])],
    swiftLanguageModes: [.v6]
)
