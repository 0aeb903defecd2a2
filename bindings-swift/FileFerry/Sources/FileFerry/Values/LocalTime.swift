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
        let halves = description.split(maxSplits: 1, whereSeparator: { $0 == "T" || $0 == "t" || $0 == " " })
        guard halves.count == 2 else { return nil }
        let dayParts = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        let clockAndFraction = halves[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let clockParts = clockAndFraction[0].split(separator: ":", omittingEmptySubsequences: false)
        guard dayParts.count == 3, clockParts.count == 3,
            let year = Self.number(dayParts[0]), let month = Self.number(dayParts[1], 1...12),
            let day = Self.number(dayParts[2], 1...31), let hour = Self.number(clockParts[0], 0...23),
            let minute = Self.number(clockParts[1], 0...59), let second = Self.number(clockParts[2], 0...60)
        else { return nil }
        var microsecond = 0
        if clockAndFraction.count == 2 {
            guard let value = Self.number(clockAndFraction[1].prefix(6)) else { return nil }
            microsecond = (clockAndFraction[1].count..<6).reduce(value) { digits, _ in digits * 10 }
        }
        self.init(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: microsecond)
    }

    private static func number(_ digits: Substring, _ range: ClosedRange<Int> = 0...999_999) -> Int? {
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits), range.contains(number)
        else {
            return nil
        }
        return number
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
        self = LocalTime(tape.text(at: offset)) ?? LocalTime(year: 0, month: 1, day: 1)
    }
}
