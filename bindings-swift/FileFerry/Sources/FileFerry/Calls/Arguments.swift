import Foundation

/// The JSON object of a call's arguments or options.
struct Arguments {
    private var members: [String: JSONValue] = [:]

    /// Leaves out what is not there.
    mutating func set(_ name: String, _ value: (some PlainConvertible)?) {
        if let value { members[name] = value.plain }
    }

    /// Null is a value here.
    mutating func setNullable(_ name: String, _ value: (some PlainConvertible)?) {
        members[name] = value.plain
    }

    mutating func set(_ name: String, _ field: Field<some PlainConvertible>) {
        switch field {
        case .omitted: break
        case .null: members[name] = .null
        case .value(let value): members[name] = value.plain
        }
    }

    mutating func set(_ name: String, milliseconds seconds: TimeInterval?) {
        guard let seconds else { return }
        let milliseconds = (seconds * 1000).rounded()
        // What is no span of time is passed on as it is, for the library to refuse.
        members[name] = Int64(exactly: milliseconds).map(JSONValue.int) ?? .string("\(seconds)")
    }

    var data: Data {
        members.isEmpty ? Data() : Data(JSONValue.object(members).jsonText.utf8)
    }
}
