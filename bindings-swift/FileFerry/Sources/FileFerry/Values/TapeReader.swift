import Foundation

/// Reads an answer of the library: bytes that hold every value at an offset, as the table below says.
///
/// | type | bytes, little-endian and unaligned |
/// | --- | --- |
/// | `Bool` | 1 byte |
/// | `Int64` | 8 bytes |
/// | `Double` | 8 bytes |
/// | `Date` | 8 bytes: microseconds since 1970 |
/// | texts, enums, `Decimal`, `LocalTime`, `JSONValue` | length in 4 bytes, UTF-8 |
/// | lists, tuples | count in 4 bytes, an offset an item |
/// | maps | count in 4 bytes, two offsets an entry |
/// | unions | index of the case in 4 bytes, offset of its value |
/// | models | offset of the unknown members' JSON, an offset a field |
///
/// Offsets are 4 bytes; 0 means absent. The library wrote them a moment ago for tables with the same fingerprint, so they
/// are trusted. A reader is only valid while the bytes are borrowed.
struct TapeReader {
    private let bytes: UnsafeRawBufferPointer

    /// Reads the root of a tape.
    static func read<Value: TapeReadable>(_ tape: Data, as type: Value.Type = Value.self) -> Value {
        tape.withUnsafeBytes { bytes in
            let reader = Self(bytes: bytes)
            return Value(reader, at: reader.offset(at: 0))
        }
    }

    func load<Number: BitwiseCopyable>(at offset: Int, as type: Number.Type = Number.self) -> Number {
        bytes.loadUnaligned(fromByteOffset: offset, as: type)
    }

    func offset(at offset: Int) -> Int {
        Int(UInt32(littleEndian: load(at: offset)))
    }

    func utf8(at offset: Int) -> UnsafeRawBufferPointer {
        let start = offset + 4
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + self.offset(at: offset)])
    }

    func text(at offset: Int) -> String {
        String(decoding: utf8(at: offset), as: UTF8.self)
    }

    /// The offset of a model's field, or `nil` where it is absent.
    func field(_ number: Int, of model: Int) -> Int? {
        let found = offset(at: model + 4 + number * 4)
        return found == 0 ? nil : found
    }

    @inline(never)
    func required<Value: TapeReadable>(_ number: Int, of model: Int) -> Value {
        Value(self, at: offset(at: model + 4 + number * 4))
    }

    @inline(never)
    func optional<Value: TapeReadable>(_ number: Int, of model: Int) -> Value? {
        field(number, of: model).map { Value(self, at: $0) }
    }

    func extra(of model: Int) -> ExtraMembers {
        let found = offset(at: model)
        return found == 0 ? ExtraMembers() : ExtraMembers(jsonText: text(at: found))
    }

    /// The offset of a place of a tuple.
    func place(_ index: Int, of tuple: Int) -> Int {
        offset(at: tuple + 4 + index * 4)
    }
}

/// A type whose values an answer can hold.
protocol TapeReadable {
    /// Reads the value at an offset. Only an optional takes the offset 0.
    init(_ tape: TapeReader, at offset: Int)
}

extension Bool: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) { self = tape.load(at: offset, as: UInt8.self) != 0 }
}

extension Int64: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) { self = Int64(littleEndian: tape.load(at: offset)) }
}

extension Double: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) { self.init(bitPattern: UInt64(littleEndian: tape.load(at: offset))) }
}

extension String: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) { self = tape.text(at: offset) }
}

extension Date: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) {
        self = ISOTime.date(microsecondsSince1970: Int64(littleEndian: tape.load(at: offset)))
    }
}

extension Decimal: TapeReadable {
    /// A number beyond the range of `Decimal` becomes NaN, as everywhere in Foundation.
    init(_ tape: TapeReader, at offset: Int) { self = Decimal(exactly: tape.text(at: offset)) ?? .nan }
}

extension JSONValue: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) {
        guard offset != 0 else {
            self = .null
            return
        }
        let text = tape.text(at: offset)
        // The library has read this text before us; were it wrong after all, a program still gets to see it.
        self = (try? JSONParser.parse(text)) ?? .string(text)
    }
}

extension Array: TapeReadable where Element: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) {
        self = (0..<tape.offset(at: offset)).map { Element(tape, at: tape.place($0, of: offset)) }
    }
}

extension Dictionary: TapeReadable where Key == String, Value: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) {
        self.init(minimumCapacity: tape.offset(at: offset))
        for index in 0..<tape.offset(at: offset) {
            let key = tape.text(at: tape.place(index * 2, of: offset))
            self[key] = Value(tape, at: tape.place(index * 2 + 1, of: offset))
        }
    }
}

extension Optional: TapeReadable where Wrapped: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) { self = offset == 0 ? nil : Wrapped(tape, at: offset) }
}

extension TapeReadable where Self: OpenEnum {
    init(_ tape: TapeReader, at offset: Int) { self.init(rawValue: tape.text(at: offset)) }
}
