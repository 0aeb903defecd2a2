import Foundation

/// How a client behaves; what is `nil` keeps its default.
public struct ClientOptions: Sendable {
    /// What ``ServiceClient/exportSession()`` gave: no sign-in is needed.
    public var session: String?
    /// The name of one of the service's hosts.
    public var host: String?
    /// Another address of the service's API.
    public var baseURL: String?
    /// Whether `http://` is allowed beyond this machine.
    public var allowHTTP: Bool?
    /// Seconds until a connection stands; 10.
    public var connectTimeout: TimeInterval?
    /// Seconds without a byte while we wait for the network; 60.
    public var idleTimeout: TimeInterval?
    /// Seconds without a byte after the last one of an upload; 900.
    public var uploadIdleTimeout: TimeInterval?
    /// Seconds for a whole call with its retries; no limit.
    public var deadline: TimeInterval?
    /// How often a call may be sent; 3.
    public var maxAttempts: Int?
    /// Seconds before the first retry, doubling after that; 0.5.
    public var backoff: TimeInterval?
    /// Seconds that a wait before a retry does not pass; 20.
    public var backoffMax: TimeInterval?
    /// Seconds that a service may make us wait before it is an error; 120.
    public var retryAfterCap: TimeInterval?
    /// Seconds added to the wait for a free download; 2.
    public var freeWaitMargin: TimeInterval?
    /// Seconds until the service is asked again how far it has come, at a remote upload; they grow up to six times as long; 5.
    public var pollInterval: TimeInterval?
    /// Calls a second, 0 for no limit; the service's own.
    public var rate: Double?
    /// Bytes that an answer may have; 64 MiB.
    public var maxJSON: Int?
    /// Address of a proxy; the environment's.
    public var proxy: String?
    /// Path of a PEM file with the authorities to trust; the platform's.
    public var caBundle: String?
    /// Your program, put before our own name.
    public var userAgent: String?
    /// Called with the new session whenever it changed. It holds a secret.
    public var onSession: (@Sendable (String) -> Void)?
    /// Solves a captcha where signing in or a free download needs one. After a wrong answer it is asked again, three times
    /// at most. A call that it makes itself and that needs an answer, too, is an error with the kind `captchaRequired`.
    public var onCaptcha: (@Sendable (CaptchaStep) async throws -> String)?
    /// Has a person agree on a page where signing in needs that; gives the code that the page showed, if any.
    public var onConfirm: (@Sendable (ConfirmStep) async throws -> String?)?
    /// Hears of each request, secrets removed.
    public var onLog: (@Sendable (LogEntry) -> Void)?

    public init(
        session: String? = nil, host: String? = nil, baseURL: String? = nil, allowHTTP: Bool? = nil,
        connectTimeout: TimeInterval? = nil, idleTimeout: TimeInterval? = nil, uploadIdleTimeout: TimeInterval? = nil,
        deadline: TimeInterval? = nil, maxAttempts: Int? = nil, backoff: TimeInterval? = nil,
        backoffMax: TimeInterval? = nil, retryAfterCap: TimeInterval? = nil, freeWaitMargin: TimeInterval? = nil,
        pollInterval: TimeInterval? = nil,
        rate: Double? = nil, maxJSON: Int? = nil, proxy: String? = nil, caBundle: String? = nil,
        userAgent: String? = nil,
        onSession: (@Sendable (String) -> Void)? = nil,
        onCaptcha: (@Sendable (CaptchaStep) async throws -> String)? = nil,
        onConfirm: (@Sendable (ConfirmStep) async throws -> String?)? = nil,
        onLog: (@Sendable (LogEntry) -> Void)? = nil
    ) {
        self.session = session
        self.host = host
        self.baseURL = baseURL
        self.allowHTTP = allowHTTP
        self.connectTimeout = connectTimeout
        self.idleTimeout = idleTimeout
        self.uploadIdleTimeout = uploadIdleTimeout
        self.deadline = deadline
        self.maxAttempts = maxAttempts
        self.backoff = backoff
        self.backoffMax = backoffMax
        self.retryAfterCap = retryAfterCap
        self.freeWaitMargin = freeWaitMargin
        self.pollInterval = pollInterval
        self.rate = rate
        self.maxJSON = maxJSON
        self.proxy = proxy
        self.caBundle = caBundle
        self.userAgent = userAgent
        self.onSession = onSession
        self.onCaptcha = onCaptcha
        self.onConfirm = onConfirm
        self.onLog = onLog
    }

    var arguments: Arguments {
        var arguments = Arguments()
        arguments.set("session", session)
        arguments.set("host", host)
        arguments.set("base_url", baseURL)
        arguments.set("allow_http", allowHTTP)
        arguments.set("connect_timeout_ms", milliseconds: connectTimeout)
        arguments.set("idle_timeout_ms", milliseconds: idleTimeout)
        arguments.set("upload_idle_timeout_ms", milliseconds: uploadIdleTimeout)
        arguments.set("deadline_ms", milliseconds: deadline)
        arguments.set("max_attempts", maxAttempts.map(Int64.init))
        arguments.set("backoff_ms", milliseconds: backoff)
        arguments.set("backoff_max_ms", milliseconds: backoffMax)
        arguments.set("retry_after_cap_ms", milliseconds: retryAfterCap)
        arguments.set("free_wait_margin_ms", milliseconds: freeWaitMargin)
        arguments.set("poll_interval_ms", milliseconds: pollInterval)
        arguments.set("rate", rate)
        arguments.set("max_json", maxJSON.map(Int64.init))
        arguments.set("proxy", proxy)
        arguments.set("ca_bundle", caBundle)
        arguments.set("user_agent", userAgent)
        arguments.set("agent", "fileferry/\(Library.version) swift")
        return arguments
    }
}

extension ClientOptions: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without the session, which holds a secret, and without addresses that may hold one.
    public var description: String {
        "ClientOptions(session: \(session == nil ? "nil" : "***"), maxAttempts: \(maxAttempts?.description ?? "nil"))"
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// One line of a client's log, without secrets.
public struct LogEntry: Hashable, Sendable {
    /// `debug`, `info` or `warning`.
    public var level: String
    /// Name of the service.
    public var service: String
    /// Id of the operation, where there is one.
    public var operation: String?
    /// For a person.
    public var message: String
}
