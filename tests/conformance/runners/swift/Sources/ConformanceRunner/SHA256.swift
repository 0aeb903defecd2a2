import Foundation

/// SHA-256 for the bytes that a case compares; Swift's own libraries have it on Apple's systems only.
enum SHA256 {
    static func hexDigest(of data: Data) -> String {
        var state = initialState
        var message = [UInt8](data)
        message.append(0x80)
        while message.count % 64 != 56 { message.append(0) }
        withUnsafeBytes(of: (UInt64(data.count) * 8).bigEndian) { message.append(contentsOf: $0) }
        message.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: 64) {
                absorb(UnsafeRawBufferPointer(rebasing: bytes[start..<start + 64]), into: &state)
            }
        }
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private static func absorb(_ block: UnsafeRawBufferPointer, into state: inout [UInt32]) {
        var words = (0..<16).map { UInt32(bigEndian: block.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)) }
        for index in 16..<64 {
            let (early, late) = (words[index - 15], words[index - 2])
            let mixedEarly = turned(early, 7) ^ turned(early, 18) ^ (early >> 3)
            let mixedLate = turned(late, 17) ^ turned(late, 19) ^ (late >> 10)
            words.append(words[index - 16] &+ mixedEarly &+ words[index - 7] &+ mixedLate)
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let sumE = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
            let first = h &+ sumE &+ ((e & f) ^ (~e & g)) &+ constants[index] &+ words[index]
            let sumA = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
            let second = sumA &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }

    private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 {
        (word >> count) | (word << (32 - count))
    }

    private static let primes = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }

    /// The first 32 bits of the fractions of the primes' square roots.
    private static let initialState = primes.prefix(8).map { fraction(Double($0).squareRoot()) }

    /// … and of their cube roots.
    private static let constants = primes.map { fraction(cbrt(Double($0))) }

    private static func fraction(_ number: Double) -> UInt32 {
        UInt32((number - number.rounded(.down)) * 4_294_967_296)
    }
}
