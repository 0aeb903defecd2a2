#!/bin/sh
# Makes FileFerryNative.xcframework for iOS (devices and simulators) and macOS.
# Needs macOS with Xcode and rustup. UNTESTED: it was written on a machine that has neither.
#
# usage: bindings-swift/package-apple.sh [OUTPUT_FOLDER]
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
output=${1:-$root/target/apple}
package=$root/bindings-swift/FileFerry
library=libfileferry_ffi.a

export IPHONEOS_DEPLOYMENT_TARGET=15.0
export MACOSX_DEPLOYMENT_TARGET=12.0

build() {
    rustup target add "$1"
    cargo build --manifest-path "$root/Cargo.toml" --package fileferry-ffi --release --target "$1"
}

# Several processors of one system go into one file; simulators are a system of their own.
join() {
    name=$1
    shift
    mkdir -p "$output/$name"
    inputs=""
    for target in "$@"; do
        build "$target"
        inputs="$inputs $root/target/$target/release/$library"
    done
    # shellcheck disable=SC2086 # the list is meant to be split
    lipo -create $inputs -output "$output/$name/$library"
}

rm -rf "$output"
join ios aarch64-apple-ios
join ios-simulator aarch64-apple-ios-sim x86_64-apple-ios
join macos aarch64-apple-darwin x86_64-apple-darwin

# The framework's own module map must not name the library: it is inside.
headers=$output/headers
mkdir -p "$headers"
cp "$package/Sources/FileFerryNative/generated/FileFerryNative.h" "$headers/"
cat > "$headers/module.modulemap" <<'MAP'
module FileFerryNative {
    header "FileFerryNative.h"
    export *
}
MAP

xcodebuild -create-xcframework \
    -library "$output/ios/$library" -headers "$headers" \
    -library "$output/ios-simulator/$library" -headers "$headers" \
    -library "$output/macos/$library" -headers "$headers" \
    -output "$output/FileFerryNative.xcframework"

echo "built $output/FileFerryNative.xcframework"
echo "use it with FILEFERRY_XCFRAMEWORK (a path below the package's folder) and swift build"
