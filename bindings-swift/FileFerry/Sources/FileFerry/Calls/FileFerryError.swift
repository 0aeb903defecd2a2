import Foundation

/// The one error of the library. ``kind`` says what can be done next; the other fields keep what the service said.
///
/// ```swift
/// do { … } catch let error as FileFerryError where error.kind == .notFound { … }
/// ```
///
/// A call that is stopped by `Task.cancel()` throws `CancellationError` instead.
public struct FileFerryError: Error, Hashable, Sendable {
    /// What the caller can do next.
    public var kind: Kind
    /// The service, where one was involved: `keep2share`.
    public var service: String?
    /// Id of the operation: `files.getFilesList`.
    public var operation: String?
    /// Exactly what the service sent, as text.
    public var serviceCode: String?
    /// A precise name: `file_not_found`.
    public var name: String?
    /// HTTP status of the answer.
    public var httpStatus: Int?
    /// For a person; without secrets.
    public var message: String
    /// Whether the same call may succeed later with nothing changed by the caller.
    public var isRetryable: Bool
    /// Seconds to wait before that.
    public var retryAfter: TimeInterval?
    /// How many requests the call made.
    public var attempts: Int
    /// What else the answer held.
    public var details: Details
    /// Texts of the causes, outermost first.
    public var causes: [String]

    /// What an error's answer held beside code and text.
    public struct Details: Hashable, Sendable {
        /// The captcha to solve.
        public var captcha: Captcha?
        /// Single failures that the service listed.
        public var subErrors: [SubError]
        /// What became of each item of a call on many.
        public var items: [Item]
        /// Where an answer or an argument could not be read: `$.files[3].id`.
        public var jsonPath: String?
    }

    /// A captcha that the service asks for; it names as much of it as the answer held.
    public struct Captcha: Hashable, Sendable {
        /// `image` or `page`.
        public var kind: String?
        /// Its id for the service.
        public var challenge: String?
        /// Where a person sees it.
        public var url: String?
    }

    /// A single failure that the service listed.
    public struct SubError: Hashable, Sendable {
        /// As the service sent it, as text.
        public var code: String?
        /// As the service sent it.
        public var message: String?
        /// Seconds to wait.
        public var wait: TimeInterval?
    }

    /// What became of one item of a call on many.
    public struct Item: Hashable, Sendable {
        /// Its id.
        public var id: String?
        /// Its place in what the caller gave.
        public var index: Int
        /// Whether it was done.
        public var isDone: Bool
        /// The service's code.
        public var code: String?
        /// The service's text.
        public var message: String?
    }

    init(kind: Kind, message: String, jsonPath: String? = nil) {
        self.kind = kind
        self.message = message
        isRetryable = false
        attempts = 0
        details = Details(captcha: nil, subErrors: [], items: [], jsonPath: jsonPath)
        causes = []
    }
}

extension FileFerryError: CustomStringConvertible, LocalizedError {
    /// The message with its causes.
    public var description: String { ([message] + causes).joined(separator: ": ") }

    public var errorDescription: String? { description }
}

// MARK: - The record that all languages share

extension FileFerryError: PlainConvertible, Codable {
    public init(plain: JSONValue) throws {
        let record = try PlainReader(plain)
        kind = Kind(rawValue: try record.required("kind"))
        service = try record.optional("service")
        operation = try record.optional("operation")
        serviceCode = try record.optional("service_code")
        name = try record.optional("name")
        httpStatus = try record.whole("http_status")
        message = try record.required("message")
        isRetryable = try record.required("retryable")
        retryAfter = try record.seconds("retry_after_ms")
        attempts = try record.whole("attempts") ?? 0
        details = try record.optional("details") ?? Details(captcha: nil, subErrors: [], items: [], jsonPath: nil)
        causes = try record.optional("causes") ?? []
    }

    public var plain: JSONValue {
        .object([
            "kind": .string(kind.rawValue), "service": service.plain, "operation": operation.plain,
            "service_code": serviceCode.plain, "name": name.plain, "http_status": whole(httpStatus),
            "message": .string(message), "retryable": .bool(isRetryable), "retry_after_ms": milliseconds(retryAfter),
            "attempts": .int(Int64(attempts)), "details": details.plain, "causes": causes.plain,
        ])
    }

    public init(from decoder: any Decoder) throws { try self.init(plain: JSONValue(from: decoder)) }

    public func encode(to encoder: any Encoder) throws { try plain.encode(to: encoder) }

    /// The error in a record of the library.
    init(record: String) {
        do {
            try self.init(plain: JSONParser.parse(record))
        } catch {
            self.init(kind: .internal, message: "the library gave an error that cannot be read")
        }
    }
}

extension FileFerryError.Details: PlainConvertible {
    public init(plain: JSONValue) throws {
        let record = try PlainReader(plain)
        captcha = try record.optional("captcha")
        subErrors = try record.optional("sub_errors") ?? []
        items = try record.optional("items") ?? []
        jsonPath = try record.optional("json_path")
    }

    public var plain: JSONValue {
        .object([
            "captcha": captcha.plain, "sub_errors": subErrors.plain, "items": items.plain, "json_path": jsonPath.plain,
        ])
    }
}

extension FileFerryError.Captcha: PlainConvertible {
    public init(plain: JSONValue) throws {
        let record = try PlainReader(plain)
        kind = try record.optional("kind")
        challenge = try record.optional("challenge")
        url = try record.optional("url")
    }

    public var plain: JSONValue {
        .object(["kind": kind.plain, "challenge": challenge.plain, "url": url.plain])
    }
}

extension FileFerryError.SubError: PlainConvertible {
    public init(plain: JSONValue) throws {
        let record = try PlainReader(plain)
        code = try record.optional("code")
        message = try record.optional("message")
        wait = try record.seconds("wait_ms")
    }

    public var plain: JSONValue {
        .object(["code": code.plain, "message": message.plain, "wait_ms": milliseconds(wait)])
    }
}

extension FileFerryError.Item: PlainConvertible {
    public init(plain: JSONValue) throws {
        let record = try PlainReader(plain)
        id = try record.optional("id")
        index = try record.whole("index") ?? 0
        isDone = try record.required("ok")
        code = try record.optional("code")
        message = try record.optional("message")
    }

    public var plain: JSONValue {
        .object([
            "id": id.plain, "index": .int(Int64(index)), "ok": .bool(isDone), "code": code.plain,
            "message": message.plain,
        ])
    }
}

extension PlainReader {
    fileprivate func whole(_ name: String) throws -> Int? {
        try optional(name).map { (number: Int64) in Int(number) }
    }

    fileprivate func seconds(_ name: String) throws -> TimeInterval? {
        try optional(name).map { (milliseconds: Int64) in TimeInterval(milliseconds) / 1000 }
    }
}

private func whole(_ number: Int?) -> JSONValue {
    number.map { .int(Int64($0)) } ?? .null
}

private func milliseconds(_ seconds: TimeInterval?) -> JSONValue {
    seconds.map { .int(Int64(($0 * 1000).rounded())) } ?? .null
}

// MARK: - Values that do not fit

extension FileFerryError {
    static func misfit(_ expected: String, _ found: JSONValue) -> FileFerryError {
        // Its kind only: the value may be a secret.
        let kind =
            switch found {
            case .null: "nothing"
            case .bool: "true or false"
            case .int, .number: "a number"
            case .string: "another text"
            case .array: "a list"
            case .object: "an object"
            }
        return FileFerryError(
            kind: .invalidArgument, message: "expected \(expected), found \(kind)", jsonPath: "$")
    }

    /// Says where in the whole a value lies that does not fit.
    static func inside<Value>(_ step: String, _ read: () throws -> Value) throws -> Value {
        do {
            return try read()
        } catch var error as FileFerryError {
            if let path = error.details.jsonPath { error.details.jsonPath = "$" + step + path.dropFirst() }
            throw error
        }
    }
}
