import Foundation

/// ISO 8601 texts to the microsecond, which `ISO8601DateFormatter` rounds to milliseconds.
enum ISOTime {
    private static let microsecondsPerDay: Int64 = 86_400_000_000

    static func date(microsecondsSince1970 microseconds: Int64) -> Date {
        // Seconds and their fraction apart, so that no digit is lost before the sum is rounded once.
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return Date(timeIntervalSince1970: TimeInterval(seconds) + TimeInterval(rest) / 1_000_000)
    }

    static func microsecondsSince1970(_ date: Date) -> Int64 {
        let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
        return Int64(exactly: microseconds) ?? (microseconds < 0 ? .min : .max)
    }

    static func text(_ date: Date) -> String {
        let microseconds = microsecondsSince1970(date)
        var day = microseconds / microsecondsPerDay
        var rest = microseconds % microsecondsPerDay
        if rest < 0 {
            day -= 1
            rest += microsecondsPerDay
        }
        let (year, month, dayOfMonth) = civil(daysSince1970: day)
        let (second, microsecond) = Int(rest / 1_000_000).quotientAndRemainder(dividingBy: 60)
        let local = LocalTime(
            year: year, month: month, day: dayOfMonth, hour: second / 60, minute: second % 60, second: microsecond,
            microsecond: Int(rest % 1_000_000))
        return local.description + "Z"
    }

    /// Reads a text with a zone: `Z`, `+02:00` or `+0200`.
    static func instant(_ text: String) -> Date? {
        guard let zoneStart = text.lastIndex(where: { $0 == "Z" || $0 == "z" || $0 == "+" || $0 == "-" }),
            let local = LocalTime(String(text[..<zoneStart])), let offset = zoneSeconds(text[zoneStart...])
        else { return nil }
        let days = daysSince1970(year: local.year, month: local.month, day: local.day)
        let seconds = days * 86_400 + Int64(local.hour * 3600 + local.minute * 60 + local.second) - offset
        return date(microsecondsSince1970: seconds * 1_000_000 + Int64(local.microsecond))
    }

    private static func zoneSeconds(_ zone: Substring) -> Int64? {
        if zone == "Z" || zone == "z" { return 0 }
        let digits = zone.dropFirst().filter { $0 != ":" }
        guard digits.count == 4, let number = Int64(digits) else { return nil }
        let seconds = number / 100 * 3600 + number % 100 * 60
        return zone.hasPrefix("-") ? -seconds : seconds
    }

    /// Days of the proleptic Gregorian calendar, counted in years that begin in March so that the leap day is the last.
    static func daysSince1970(year: Int, month: Int, day: Int) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    private static func civil(daysSince1970 days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

extension Decimal {
    /// Reads a whole text; `Decimal(string:)` alone takes any beginning that looks like a number.
    init?(exactly text: String) {
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
        guard isNumber, let value = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) else { return nil }
        self = value
    }
}
