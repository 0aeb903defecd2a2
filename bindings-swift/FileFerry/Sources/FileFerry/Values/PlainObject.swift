/// Writes a model's plain JSON.
///
/// Here and in the readers, what every field of every model calls is not inlined: with hundreds of models the optimizer would
/// otherwise work for minutes on copies that save nothing at run time.
struct PlainWriter {
    private var members: [String: JSONValue] = [:]

    /// The members that are not described stand in one of their own, whose name no field may have.
    init(extraKey: String = "extra", extra: [String: JSONValue]) {
        if !extra.isEmpty { members[extraKey] = .object(extra) }
    }

    /// An absent value leaves no trace.
    @inline(never)
    mutating func set(_ name: String, _ value: (some PlainConvertible)?) {
        if let value { members[name] = value.plain }
    }

    var object: JSONValue { .object(members) }
}

/// Reads a model's plain JSON.
struct PlainReader {
    private let members: [String: JSONValue]

    init(_ plain: JSONValue) throws {
        guard case .object(let members) = plain else { throw FileFerryError.misfit("an object", plain) }
        self.members = members
    }

    @inline(never)
    func required<Value: PlainConvertible>(_ name: String) throws -> Value {
        try FileFerryError.inside(".\(name)") { try Value(plain: members[name] ?? .null) }
    }

    @inline(never)
    func optional<Value: PlainConvertible>(_ name: String) throws -> Value? {
        guard let member = members[name], member != .null else { return nil }
        return try FileFerryError.inside(".\(name)") { try Value(plain: member) }
    }

    func has(_ name: String) -> Bool {
        members[name] != nil
    }

    func extra(_ key: String = "extra") throws -> [String: JSONValue] {
        try optional(key) ?? [:]
    }
}
