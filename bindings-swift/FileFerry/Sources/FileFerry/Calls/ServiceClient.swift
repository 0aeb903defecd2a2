internal import FileFerryBridge
import Foundation

/// What the clients of all services have in common. It can be shared between tasks and threads; one that is dropped
/// unclosed frees its sockets.
public class ServiceClient: @unchecked Sendable {
    // Unchecked, because the compiler does not let a class with subclasses be Sendable. It and they hold nothing else.
    let core: ClientCore
    private let service: String

    init(service: String, options: ClientOptions, credentials: (inout Arguments) -> Void) throws {
        self.service = service
        core = try ClientCore(service: service, options: options, credentials: credentials)
    }

    /// The address of the service's API.
    public final var baseURL: String { core.native.baseUrl() }

    /// The session, with which a client of the next process need not sign in; it holds a secret. `nil` when nobody is
    /// signed in.
    public final func exportSession() -> String? { core.native.exportSession() }

    /// Begins to sign in, step by step; see ``Flow``. Calls sign in by themselves where they need it: this is for
    /// programs that show each step to a person at their own pace. With `onCaptcha` or `onConfirm` given it runs through
    /// by itself, up to the first step that they do not answer.
    public final func signIn() async throws -> Flow { try await core.signIn() }

    /// Begins what leads to a download without premium, step by step: a captcha, and a wait; see ``Flow``. Once it is done,
    /// `download` of the same file goes through. With ``ClientOptions/onCaptcha`` it runs through by itself, and a download
    /// does so, too.
    ///
    /// - Parameter target: an entry, the id or the link of a file.
    public final func freeDownload(_ target: some FileTarget) async throws -> Flow {
        try await core.freeDownload(target.fileTarget.identity)
    }

    /// Sends a request that no operation describes, with the same sign-in, retries and errors. It is not repeated unless
    /// `options.isIdempotent` says that this does no harm.
    ///
    /// - Parameters:
    ///   - method: the HTTP method.
    ///   - path: below the address of the API.
    ///   - params: go where the service's parameters go.
    /// - Returns: the answer's JSON; `nil` where it is empty.
    public final func request(
        _ method: String, _ path: String, params: [String: JSONValue] = [:], options: CallOptions = CallOptions()
    ) async throws -> JSONValue? {
        var arguments = Arguments()
        for (name, value) in params { arguments.setNullable(name, value) }
        let (data, optionData) = (arguments.data, options.arguments.data)
        let outcome = try await core.perform(options) { [native = core.native] cancel in
            await native.request(method: method, path: path, params: data, options: optionData, cancel: cancel)
        }
        if case .nothing = outcome { return nil }
        return try core.value(of: outcome)
    }

    /// Ends the client's calls with kind `closed` and frees its sockets. Twice is fine.
    public final func close() { core.native.close() }

    /// Whether it was closed.
    public final var isClosed: Bool { core.native.isClosed() }
}

extension ServiceClient: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Names the service and its address; no credential.
    public var description: String { "\(type(of: self))(baseURL: \"\(baseURL)\")" }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: ["baseURL": baseURL]) }
}
