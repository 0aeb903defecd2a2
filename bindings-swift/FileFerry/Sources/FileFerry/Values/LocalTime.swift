import Foundation

/// A time as a service's clock shows it, in a zone that nobody says. It becomes an instant only by naming the zone.
public struct LocalTime: Hashable, Sendable {
    public var year: Int
    public var month: Int
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int
    public var microsecond: Int

    public init(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.microsecond = microsecond
    }

    /// The instant at which the clocks of a zone show this time; `nil` where they never do.
    public func date(in timeZone: TimeZone) -> Date? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let components = DateComponents(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second,
            nanosecond: microsecond * 1000)
        return calendar.date(from: components)
    }
}

extension LocalTime: LosslessStringConvertible {
    /// Reads `2024-05-01T12:00:00`, with a blank for the `T` and a fraction of the second if need be.
    public init?(_ description: String) {
        var text = description
        guard let value = text.withUTF8({ LocalTime(utf8: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = value
    }

    /// Straight from the bytes, as listings hold thousands of times.
    init?(utf8 bytes: UnsafeRawBufferPointer) {
        var text = DigitReader(bytes: bytes)
        guard let year = text.number(ofDigits: 4), text.skip("-"),
            let month = text.number(ofDigits: 2, in: 1...12), text.skip("-"),
            let day = text.number(ofDigits: 2, in: 1...31), text.skip("T") || text.skip("t") || text.skip(" "),
            let hour = text.number(ofDigits: 2, in: 0...23), text.skip(":"),
            let minute = text.number(ofDigits: 2, in: 0...59), text.skip(":"),
            let second = text.number(ofDigits: 2, in: 0...60)
        else { return nil }
        var microsecond = 0
        if text.skip(".") {
            guard let fraction = text.millionths() else { return nil }
            microsecond = fraction
        }
        guard text.isAtEnd else { return nil }
        self.init(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: microsecond)
    }

    /// `2024-05-01T12:00:00`, with the fraction of the second where there is one.
    public var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let whole =
            "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
            + "T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
        if microsecond == 0 { return whole }
        var fraction = padded(microsecond, 6)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return whole + "." + fraction
    }
}

extension LocalTime: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        let leftDay = (left.year, left.month, left.day)
        let rightDay = (right.year, right.month, right.day)
        if leftDay != rightDay { return leftDay < rightDay }
        return (left.hour, left.minute, left.second, left.microsecond)
            < (right.hour, right.minute, right.second, right.microsecond)
    }
}

extension LocalTime: PlainConvertible, Codable {
    public init(plain: JSONValue) throws {
        guard let value = LocalTime(try String(plain: plain)) else {
            throw FileFerryError.misfit("a time without a zone, such as 2024-05-01T12:00:00", plain)
        }
        self = value
    }

    public var plain: JSONValue { .string(description) }

    public init(from decoder: any Decoder) throws { try self.init(plain: JSONValue(from: decoder)) }

    public func encode(to encoder: any Encoder) throws { try plain.encode(to: encoder) }
}

extension LocalTime: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) {
        // The library has checked the day and the clock.
        self = LocalTime(utf8: tape.utf8(at: offset)) ?? LocalTime(year: 0, month: 1, day: 1)
    }
}

/// Takes numbers of fixed width off a text.
private struct DigitReader {
    let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    mutating func number(ofDigits count: Int, in range: ClosedRange<Int> = 0...9999) -> Int? {
        var number = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return range.contains(number) ? number : nil
    }

    /// The digits after a point; those beyond the sixth are dropped.
    mutating func millionths() -> Int? {
        guard var number = digit() else { return nil }
        var count = 1
        while let digit = digit() {
            if count < 6 {
                number = number * 10 + digit
                count += 1
            }
        }
        return (count..<6).reduce(number) { number, _ in number * 10 }
    }

    private mutating func digit() -> Int? {
        guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
        position += 1
        return Int(bytes[position - 1]) - 0x30
    }
}
