#!/bin/sh
# Packs fileferry as an AAR for Android. Untested on devices; see README.md.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
api=24

staging="$here/target/aar"
aar="$here/target/fileferry-android-$version.aar"
rm -rf "$staging" "$aar"
mkdir -p "$staging/jni" "$staging/classes"

# Rust's name of a target, and Android's name of the same ABI.
targets="aarch64-linux-android:arm64-v8a armv7-linux-androideabi:armeabi-v7a i686-linux-android:x86 x86_64-linux-android:x86_64"

# Builds the library for one target with the compiler of the NDK.
build() {
    host="$(uname -s | tr '[:upper:]' '[:lower:]')-x86_64"
    tools="${ANDROID_NDK_HOME:?set it to the folder of the NDK}/toolchains/llvm/prebuilt/$host/bin"
    # The NDK's compiler calls 32-bit ARM by another name than Rust does.
    compiler="$tools/$(echo "$1" | sed 's/^armv7-/armv7a-/')$api-clang"
    name=$(echo "$1" | tr '-' '_')
    upper=$(echo "$name" | tr '[:lower:]' '[:upper:]')
    # 16 KiB pages are what newer devices ask for.
    (
        cd "$root"
        env "CARGO_TARGET_${upper}_LINKER=$compiler" "CC_$name=$compiler" "AR_$name=$tools/llvm-ar" \
            "CARGO_TARGET_${upper}_RUSTFLAGS=-Clink-arg=-Wl,-z,max-page-size=16384" \
            cargo build --release --package fileferry-ffi --target "$1"
    )
}

for pair in $targets; do
    target=${pair%%:*}
    abi=${pair##*:}
    if [ -n "${FILEFERRY_ANDROID_LIBRARIES:-}" ]; then
        library="$FILEFERRY_ANDROID_LIBRARIES/$abi/libfileferry_ffi.so"
    else
        build "$target"
        library="${CARGO_TARGET_DIR:-$root/target}/$target/release/libfileferry_ffi.so"
    fi
    mkdir -p "$staging/jni/$abi"
    cp "$library" "$staging/jni/$abi/"
done

# The classes of both modules, without the libraries for desktops.
for module in ffi:fileferry-ffi fileferry:fileferry; do
    jar="$root/bindings-kotlin/${module%%:*}/target/${module##*:}-$version.jar"
    [ -f "$jar" ] || { echo "no $jar: run 'mvn package' in bindings-kotlin first" >&2; exit 1; }
    (cd "$staging/classes" && jar --extract --file "$jar")
done
rm -rf "$staging/classes/META-INF/maven" "$staging/classes/META-INF/MANIFEST.MF"
find "$staging/classes" -name 'libfileferry_ffi.*' -delete
find "$staging/classes" -type d -empty -delete
jar --create --no-manifest --file "$staging/classes.jar" -C "$staging/classes" .
rm -rf "$staging/classes"

cat > "$staging/AndroidManifest.xml" <<XML
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="dev.fileferry">
    <uses-sdk android:minSdkVersion="$api" />
    <uses-permission android:name="android.permission.INTERNET" />
</manifest>
XML

# JNA finds its own classes, and those that the library calls back, by their names.
cat > "$staging/proguard.txt" <<'RULES'
-keep class com.sun.jna.** { *; }
-keep class dev.fileferry.ffi.** { *; }
-dontwarn java.awt.**
RULES

: > "$staging/R.txt"
jar --create --no-manifest --file "$aar" -C "$staging" .
echo "$aar"
