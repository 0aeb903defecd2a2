/// What the services' answers are made of. It prints without secrets, compares, and turns into plain JSON and back;
/// through `Codable` it takes the same form in any coder.
public protocol ServiceModel: PlainConvertible, Codable, Hashable, Sendable, CustomStringConvertible,
    CustomDebugStringConvertible
{}

extension ServiceModel {
    public init(from decoder: any Decoder) throws { try self.init(plain: JSONValue(from: decoder)) }

    public func encode(to encoder: any Encoder) throws { try plain.encode(to: encoder) }

    public var debugDescription: String { Described.text(of: self) }
}

extension ServiceModel {
    public var description: String { Described.text(of: self) }
}

/// An open set of words: the known ones are constants of the type, and a word that a service adds later is kept as it is.
public protocol OpenEnum: RawRepresentable, PlainConvertible, Codable, Hashable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
where RawValue == String {
    init(rawValue: String)
}

extension OpenEnum {
    public init(stringLiteral value: String) { self.init(rawValue: value) }

    public init(plain: JSONValue) throws { self.init(rawValue: try String(plain: plain)) }

    public var plain: JSONValue { .string(rawValue) }

    public var description: String { rawValue }
}

/// A value whose text must not show: where a model has secret fields, its mirror holds this in their place.
struct Hidden: CustomStringConvertible {
    /// Absent values need no hiding.
    static func hide(_ value: Any?) -> Any? { value == nil ? nil : Hidden() }

    var description: String { "***" }
}

/// The text of a model: `File(id: "a1", size: 5)`, absent fields left out.
enum Described {
    static func text(of model: some ServiceModel) -> String {
        let mirror = Mirror(reflecting: model)
        if mirror.displayStyle == .enum {
            // An answer without content has no child, but it has a name in its plain form.
            guard case .object(let members) = model.plain, let name = members.keys.first else { return "" }
            return "\(type(of: model)).\(name)" + (mirror.children.first.map { "(\($0.value))" } ?? "")
        }
        let fields = mirror.children.compactMap { label, value -> String? in
            guard let shown = present(value) else { return nil }
            // A field that is stored under another name begins with an underscore.
            let name = label.map { $0.hasPrefix("_") ? String($0.dropFirst()) : $0 }
            let text = String(reflecting: shown)
            return name.map { "\($0): \(text)" } ?? text
        }
        return "\(type(of: model))(\(fields.joined(separator: ", ")))"
    }

    /// The value without its optional, unless there is nothing to show.
    private static func present(_ value: Any) -> Any? {
        if let extra = value as? ExtraMembers { return extra.members.isEmpty ? nil : extra }
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .optional else { return value }
        return mirror.children.first.flatMap { present($0.value) }
    }
}
