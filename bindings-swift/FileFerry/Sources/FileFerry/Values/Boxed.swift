/// Keeps a value on the heap, so that a model can contain itself.
indirect enum Boxed<Value> {
    case value(Value)

    init?(_ value: Value?) {
        guard let value else { return nil }
        self = .value(value)
    }

    var value: Value {
        switch self {
        case .value(let value): value
        }
    }
}

extension Boxed: Sendable where Value: Sendable {}
extension Boxed: Equatable where Value: Equatable {}
extension Boxed: Hashable where Value: Hashable {}

extension Boxed: CustomDebugStringConvertible {
    var debugDescription: String { String(reflecting: value) }
}
