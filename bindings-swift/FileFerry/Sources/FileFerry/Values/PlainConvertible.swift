import Foundation

/// Turns into plain JSON and back, the same way in every language that fileferry is offered in.
public protocol PlainConvertible {
    /// Fails with `invalid_argument` where the value does not fit.
    init(plain: JSONValue) throws

    /// The value as plain JSON.
    var plain: JSONValue { get }
}

extension Bool: PlainConvertible {
    public init(plain: JSONValue) throws {
        guard case .bool(let value) = plain else { throw FileFerryError.misfit("true or false", plain) }
        self = value
    }

    public var plain: JSONValue { .bool(self) }
}

extension Int64: PlainConvertible {
    public init(plain: JSONValue) throws {
        guard case .int(let value) = plain else { throw FileFerryError.misfit("a whole number", plain) }
        self = value
    }

    public var plain: JSONValue { .int(self) }
}

extension Double: PlainConvertible {
    public init(plain: JSONValue) throws {
        switch plain {
        case .number(let value): self = value
        case .int(let value): self = Double(value)
        default: throw FileFerryError.misfit("a number", plain)
        }
    }

    public var plain: JSONValue { .number(self) }
}

extension String: PlainConvertible {
    public init(plain: JSONValue) throws {
        guard case .string(let value) = plain else { throw FileFerryError.misfit("a text", plain) }
        self = value
    }

    public var plain: JSONValue { .string(self) }
}

/// As a text, since a JSON number would lose digits.
extension Decimal: PlainConvertible {
    public init(plain: JSONValue) throws {
        guard let value = Decimal(exactly: try String(plain: plain)) else {
            throw FileFerryError.misfit("a decimal number as text", plain)
        }
        self = value
    }

    public var plain: JSONValue { .string(description) }
}

/// As an ISO 8601 text in UTC.
extension Date: PlainConvertible {
    public init(plain: JSONValue) throws {
        guard let value = ISOTime.instant(try String(plain: plain)) else {
            throw FileFerryError.misfit("a time such as 2024-05-01T12:00:00Z", plain)
        }
        self = value
    }

    public var plain: JSONValue { .string(ISOTime.text(self)) }
}

extension JSONValue: PlainConvertible {
    public init(plain: JSONValue) { self = plain }

    public var plain: JSONValue { self }
}

extension Array: PlainConvertible where Element: PlainConvertible {
    public init(plain: JSONValue) throws {
        guard case .array(let items) = plain else { throw FileFerryError.misfit("a list", plain) }
        self = try items.enumerated().map { index, item in
            try FileFerryError.inside("[\(index)]") { try Element(plain: item) }
        }
    }

    public var plain: JSONValue { .array(map(\.plain)) }
}

extension Dictionary: PlainConvertible where Key == String, Value: PlainConvertible {
    public init(plain: JSONValue) throws {
        guard case .object(let members) = plain else { throw FileFerryError.misfit("an object", plain) }
        self = try Self(
            uniqueKeysWithValues: members.map { name, member in
                (name, try FileFerryError.inside(".\(name)") { try Value(plain: member) })
            })
    }

    public var plain: JSONValue { .object(mapValues(\.plain)) }
}

/// An item that may be null.
extension Optional: PlainConvertible where Wrapped: PlainConvertible {
    public init(plain: JSONValue) throws {
        self = plain == .null ? nil : try Wrapped(plain: plain)
    }

    public var plain: JSONValue { self?.plain ?? .null }
}
