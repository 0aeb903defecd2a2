import FileFerry
import Foundation

/// What is seen of a result, and how it prints.
struct Observation {
    let json: JSONValue
    let printed: [String]

    init(_ json: JSONValue) {
        self.json = json
        printed = []
    }

    init(of value: some Observable) {
        var dumped = ""
        dump(value, to: &dumped)
        json = value.observation
        printed = ["\(value)", String(reflecting: value), dumped]
    }

    static let nothing = Observation(.leaf("null", .null))
}

/// A type of results: each value shows itself with the type that it has in Swift.
protocol Observable {
    var observation: JSONValue { get }
}

func observe(_ value: some Observable) -> JSONValue { value.observation }

/// A result of an operation.
func result(_ value: some Observable) -> Observation { Observation(of: value) }

func result(_ stream: ByteStream) async throws -> Observation {
    let (mediaType, length) = (stream.mediaType, stream.length)
    let body = try await stream.readAll()
    return Observation(["media_type": observe(mediaType), "length": observe(length), "body": observe(body)])
}

func result<Item: Observable & Sendable>(all pages: PageSequence<Item>) async throws -> Observation {
    var items: [Item] = []
    for try await item in pages { items.append(item) }
    return Observation(of: items)
}

extension JSONValue {
    static func leaf(_ type: String, _ value: JSONValue) -> JSONValue { ["type": .string(type), "value": value] }

    /// A model's public properties by the service's own names.
    static func model(_ members: [String: JSONValue], extra: [String: JSONValue]) -> JSONValue {
        extra.isEmpty ? .object(members) : .object(members.merging(["$extra": .leaf("json", .object(extra))]) { $1 })
    }

    /// One of several answers.
    static func variant(_ name: String, _ content: JSONValue) -> JSONValue {
        let name = JSONValue.leaf("text", .string(name))
        guard case .object(var members) = content, !content.isLeaf else { return ["$variant": name, "value": content] }
        members["$variant"] = name
        return .object(members)
    }

    private var isLeaf: Bool {
        if case .string? = self["type"] { true } else { false }
    }
}

extension Bool: Observable {
    var observation: JSONValue { .leaf("bool", .bool(self)) }
}

extension Int64: Observable {
    var observation: JSONValue { .leaf("int", .int(self)) }
}

extension Double: Observable {
    var observation: JSONValue { .leaf("number", .number(self)) }
}

extension String: Observable {
    var observation: JSONValue { .leaf("text", .string(self)) }
}

extension Decimal: Observable {
    var observation: JSONValue { .leaf("decimal", .string(description)) }
}

extension Date: Observable {
    var observation: JSONValue { .leaf("instant", plain) }
}

extension LocalTime: Observable {
    var observation: JSONValue { .leaf("local_time", .string(description)) }
}

extension JSONValue: Observable {
    var observation: JSONValue { .leaf("json", self) }
}

extension Data: Observable {
    var observation: JSONValue {
        .leaf("bytes", ["length": .int(Int64(count)), "sha256": .string(SHA256.hexDigest(of: self))])
    }
}

extension Optional: Observable where Wrapped: Observable {
    var observation: JSONValue { self?.observation ?? .leaf("null", .null) }
}

extension Array: Observable where Element: Observable {
    var observation: JSONValue { .array(map(\.observation)) }
}

extension Dictionary: Observable where Key == String, Value: Observable {
    var observation: JSONValue { .object(mapValues(\.observation)) }
}

extension Tuple2: Observable where First: Observable, Second: Observable {
    var observation: JSONValue { [observe(first), observe(second)] }
}

extension Tuple3: Observable where First: Observable, Second: Observable, Third: Observable {
    var observation: JSONValue { [observe(first), observe(second), observe(third)] }
}

extension Tuple4: Observable where First: Observable, Second: Observable, Third: Observable, Fourth: Observable {
    var observation: JSONValue { [observe(first), observe(second), observe(third), observe(fourth)] }
}

/// The error record, read from the error's public properties.
func observe(_ error: FileFerryError) -> JSONValue {
    [
        "class": .string("\(type(of: error))"), "kind": .string(error.kind.rawValue),
        "service": error.service.plain, "operation": error.operation.plain, "service_code": error.serviceCode.plain,
        "name": error.name.plain, "http_status": error.httpStatus.map { .int(Int64($0)) } ?? .null,
        "message": .string(error.message), "retryable": .bool(error.isRetryable),
        "retry_after_ms": milliseconds(error.retryAfter), "attempts": .int(Int64(error.attempts)),
        "details": [
            "captcha": error.details.captcha.map {
                ["kind": $0.kind.plain, "challenge": $0.challenge.plain, "url": $0.url.plain]
            } ?? .null,
            "sub_errors": .array(
                error.details.subErrors.map {
                    ["code": $0.code.plain, "message": $0.message.plain, "wait_ms": milliseconds($0.wait)]
                }),
            "items": .array(
                error.details.items.map {
                    [
                        "id": $0.id.plain, "index": .int(Int64($0.index)), "ok": .bool($0.isDone),
                        "code": $0.code.plain, "message": $0.message.plain,
                    ]
                }),
            "json_path": error.details.jsonPath.plain,
        ],
        "causes": error.causes.plain,
    ]
}

private func milliseconds(_ seconds: TimeInterval?) -> JSONValue {
    seconds.map { .int(Int64(($0 * 1000).rounded())) } ?? .null
}
