/// Reads JSON texts that the library hands over, and those that a program gives us.
///
/// `JSONDecoder` would do, but it reads `5.0` as a whole number and is slow on values without a fixed shape.
struct JSONParser {
    private static let deepestNesting = 128

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    static func parse(_ text: String) throws -> JSONValue {
        var parser = Self(bytes: Array(text.utf8))
        let value = try parser.value()
        parser.skipSpace()
        guard parser.position == parser.bytes.count else { throw parser.failure("text after the value") }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func value() throws -> JSONValue {
        skipSpace()
        guard let first = peek else { throw failure("the text ends") }
        switch first {
        case UInt8(ascii: "{"): return .object(try nested { try $0.members() })
        case UInt8(ascii: "["): return .array(try nested { try $0.items() })
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func nested<Content>(_ read: (inout Self) throws -> Content) throws -> Content {
        depth += 1
        guard depth <= Self.deepestNesting else { throw failure("the nesting is too deep") }
        let content = try read(&self)
        depth -= 1
        return content
    }

    private mutating func members() throws -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        position += 1
        if skip(UInt8(ascii: "}")) { return members }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw failure("a name is missing") }
            let name = try string()
            guard skip(UInt8(ascii: ":")) else { throw failure("a colon is missing") }
            members[name] = try value()
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "}")) else { throw failure("an object does not end") }
        return members
    }

    private mutating func items() throws -> [JSONValue] {
        var items: [JSONValue] = []
        position += 1
        if skip(UInt8(ascii: "]")) { return items }
        repeat { items.append(try value()) } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "]")) else { throw failure("an array does not end") }
        return items
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[position...].starts(with: expected) else { throw failure("an unknown word") }
        position += word.utf8CodeUnitCount
        return value
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        while let byte = peek, isPartOfNumber(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let value = Int64(text) { return .int(value) }
        guard let value = Double(text) else { throw failure("not a value") }
        return .number(value)
    }

    private func isPartOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): true
        default: false
        }
    }

    private mutating func string() throws -> String {
        position += 1
        var units: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"): units.append(contentsOf: try escaped().utf8)
            default: units.append(byte)
            }
        }
        throw failure("a text does not end")
    }

    private mutating func escaped() throws -> String {
        guard let byte = peek else { throw failure("a text does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "u"): return try escapedUnits()
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
        default: throw failure("an unknown escape")
        }
    }

    /// One `\uXXXX`, or two that make a pair; a half of a pair becomes U+FFFD.
    private mutating func escapedUnits() throws -> String {
        var units = [try fourDigits()]
        if UTF16.isLeadSurrogate(units[0]), bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
            let before = position
            position += 2
            let second = try fourDigits()
            if UTF16.isTrailSurrogate(second) { units.append(second) } else { position = before }
        }
        return String(decoding: units, as: UTF16.self)
    }

    private mutating func fourDigits() throws -> UInt16 {
        guard position + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("an escape is incomplete") }
        position += 4
        return unit
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private func failure(_ what: String) -> FileFerryError {
        FileFerryError(kind: .invalidArgument, message: "this is not JSON: \(what), at byte \(position)")
    }
}
