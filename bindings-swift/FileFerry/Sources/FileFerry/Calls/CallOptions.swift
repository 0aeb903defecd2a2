internal import FileFerryBridge
import Foundation

/// What can be set for a single call; everything else is set once, with ``ClientOptions``.
public struct CallOptions: Sendable {
    /// Seconds for the whole call with its retries.
    public var deadline: TimeInterval?
    /// How often the call may be sent.
    public var maxAttempts: Int?
    /// The HTTP method, where the service takes several.
    public var method: String?
    /// The version of the operation, where the service has several.
    public var version: String?
    /// Another documented address of the operation.
    public var address: String?
    /// Further parameters, which go where the operation's own go.
    public var extra: [String: JSONValue]
    /// Whether a ``ServiceClient/request(_:_:params:options:)`` may be sent twice.
    public var isIdempotent: Bool?
    /// Hears of the last response's status and headers, of a failed call too.
    public var onResponse: (@Sendable (_ status: Int, _ headers: [(name: String, value: String)]) -> Void)?

    public init(
        deadline: TimeInterval? = nil, maxAttempts: Int? = nil, method: String? = nil, version: String? = nil,
        address: String? = nil, extra: [String: JSONValue] = [:], isIdempotent: Bool? = nil,
        onResponse: (@Sendable (_ status: Int, _ headers: [(name: String, value: String)]) -> Void)? = nil
    ) {
        self.deadline = deadline
        self.maxAttempts = maxAttempts
        self.method = method
        self.version = version
        self.address = address
        self.extra = extra
        self.isIdempotent = isIdempotent
        self.onResponse = onResponse
    }

    /// What the library is given: the call begins here, so what it needs and every time that it is made are within one
    /// deadline.
    var arguments: Arguments {
        var arguments = Arguments()
        arguments.set("begun_ms", milliseconds: clockMs() / 1000)
        arguments.set("deadline_ms", milliseconds: deadline)
        arguments.set("max_attempts", maxAttempts.map(Int64.init))
        arguments.set("method", method)
        arguments.set("version", version)
        arguments.set("address", address)
        arguments.set("extra", extra.isEmpty ? nil : extra)
        arguments.set("idempotent", isIdempotent)
        return arguments
    }
}
