/// Two values of a JSON array that has a meaning a place.
public struct Tuple2<First, Second> {
    public var first: First
    public var second: Second

    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }
}

/// Three values of a JSON array that has a meaning a place.
public struct Tuple3<First, Second, Third> {
    public var first: First
    public var second: Second
    public var third: Third

    public init(_ first: First, _ second: Second, _ third: Third) {
        self.first = first
        self.second = second
        self.third = third
    }
}

/// Four values of a JSON array that has a meaning a place.
public struct Tuple4<First, Second, Third, Fourth> {
    public var first: First
    public var second: Second
    public var third: Third
    public var fourth: Fourth

    public init(_ first: First, _ second: Second, _ third: Third, _ fourth: Fourth) {
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth
    }
}

extension Tuple2: Sendable where First: Sendable, Second: Sendable {}
extension Tuple2: Equatable where First: Equatable, Second: Equatable {}
extension Tuple2: Hashable where First: Hashable, Second: Hashable {}

extension Tuple3: Sendable where First: Sendable, Second: Sendable, Third: Sendable {}
extension Tuple3: Equatable where First: Equatable, Second: Equatable, Third: Equatable {}
extension Tuple3: Hashable where First: Hashable, Second: Hashable, Third: Hashable {}

extension Tuple4: Sendable where First: Sendable, Second: Sendable, Third: Sendable, Fourth: Sendable {}
extension Tuple4: Equatable where First: Equatable, Second: Equatable, Third: Equatable, Fourth: Equatable {}
extension Tuple4: Hashable where First: Hashable, Second: Hashable, Third: Hashable, Fourth: Hashable {}

extension Tuple2: PlainConvertible where First: PlainConvertible, Second: PlainConvertible {
    public init(plain: JSONValue) throws {
        let places = try places(of: plain, count: 2)
        self.init(try First(plain: places[0]), try Second(plain: places[1]))
    }

    public var plain: JSONValue { .array([first.plain, second.plain]) }
}

extension Tuple3: PlainConvertible
where First: PlainConvertible, Second: PlainConvertible, Third: PlainConvertible {
    public init(plain: JSONValue) throws {
        let places = try places(of: plain, count: 3)
        self.init(try First(plain: places[0]), try Second(plain: places[1]), try Third(plain: places[2]))
    }

    public var plain: JSONValue { .array([first.plain, second.plain, third.plain]) }
}

extension Tuple4: PlainConvertible
where First: PlainConvertible, Second: PlainConvertible, Third: PlainConvertible, Fourth: PlainConvertible {
    public init(plain: JSONValue) throws {
        let places = try places(of: plain, count: 4)
        self.init(
            try First(plain: places[0]), try Second(plain: places[1]), try Third(plain: places[2]),
            try Fourth(plain: places[3]))
    }

    public var plain: JSONValue { .array([first.plain, second.plain, third.plain, fourth.plain]) }
}

extension Tuple2: TapeReadable where First: TapeReadable, Second: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) {
        self.init(First(tape, at: tape.place(0, of: offset)), Second(tape, at: tape.place(1, of: offset)))
    }
}

extension Tuple3: TapeReadable where First: TapeReadable, Second: TapeReadable, Third: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) {
        self.init(
            First(tape, at: tape.place(0, of: offset)), Second(tape, at: tape.place(1, of: offset)),
            Third(tape, at: tape.place(2, of: offset)))
    }
}

extension Tuple4: TapeReadable
where First: TapeReadable, Second: TapeReadable, Third: TapeReadable, Fourth: TapeReadable {
    init(_ tape: TapeReader, at offset: Int) {
        self.init(
            First(tape, at: tape.place(0, of: offset)), Second(tape, at: tape.place(1, of: offset)),
            Third(tape, at: tape.place(2, of: offset)), Fourth(tape, at: tape.place(3, of: offset)))
    }
}

private func places(of plain: JSONValue, count: Int) throws -> [JSONValue] {
    guard case .array(let places) = plain, places.count == count else {
        throw FileFerryError.misfit("a list of \(count) values", plain)
    }
    return places
}
