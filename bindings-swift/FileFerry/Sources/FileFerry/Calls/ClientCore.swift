internal import FileFerryBridge
import Foundation

/// What every client does: calls operations by their id, hands on what comes beside an answer, and signs in by the program's
/// handlers where the library cannot do it alone.
final class ClientCore: Sendable {
    let native: FfiClient
    private let options: ClientOptions
    private let signIns = SignInQueue()

    init(service: String, options: ClientOptions, credentials: (inout Arguments) -> Void) throws {
        try Library.check()
        var arguments = options.arguments
        credentials(&arguments)
        self.options = options
        do {
            let log = options.onLog.map(LogListener.init)
            native = try FfiClient(service: service, options: arguments.data, log: log)
        } catch FfiError.Failed(let json) {
            throw FileFerryError(record: json)
        }
    }

    // MARK: Operations

    /// Calls an operation that gives a value.
    func value<Value: TapeReadable>(
        _ operation: String, _ options: CallOptions, _ fill: (inout Arguments) -> Void = { _ in }
    ) async throws -> Value {
        try value(of: try await outcome(operation, options, fill))
    }

    /// Calls an operation that gives nothing.
    func nothing(
        _ operation: String, _ options: CallOptions, _ fill: (inout Arguments) -> Void = { _ in }
    ) async throws {
        _ = try await outcome(operation, options, fill)
    }

    /// Calls an operation that gives bytes.
    func bytes(
        _ operation: String, _ options: CallOptions, _ fill: (inout Arguments) -> Void = { _ in }
    ) async throws -> ByteStream {
        try bytes(of: try await outcome(operation, options, fill))
    }

    /// Makes the address of an operation that a person opens.
    func link(
        _ operation: String, _ options: CallOptions, _ fill: (inout Arguments) -> Void = { _ in }
    ) async throws -> String {
        guard case .link(let url) = try await outcome(operation, options, fill) else { throw unexpectedAnswer }
        return url
    }

    /// The items of all pages of an operation.
    func pages<Item: TapeReadable & Sendable>(
        _ operation: String, _ options: CallOptions, _ fill: (inout Arguments) -> Void = { _ in }
    ) -> PageSequence<Item> {
        var arguments = Arguments()
        fill(&arguments)
        return PageSequence(core: self, operation: operation, arguments: arguments.data, options: options)
    }

    private func outcome(
        _ operation: String, _ options: CallOptions, _ fill: (inout Arguments) -> Void
    ) async throws -> FfiOutcome {
        var arguments = Arguments()
        fill(&arguments)
        let (data, optionData) = (arguments.data, options.arguments.data)
        return try await perform(options) { [native] cancel in
            await native.call(operation: operation, arguments: data, options: optionData, cancel: cancel)
        }
    }

    // MARK: Every call

    /// Runs a call, and once more where it needed a sign-in by the program's handlers.
    func perform(
        _ options: CallOptions, _ call: @Sendable (FfiCancel) async -> FfiReply
    ) async throws -> FfiOutcome {
        let hasHandler = self.options.onCaptcha != nil || self.options.onConfirm != nil
        let signedInBefore = hasHandler ? await signIns.count : 0
        var reply = try await cancellable(call)
        deliver(reply, options)
        if reply.signInNeeded, hasHandler {
            try await signIns.run(unlessRunSince: signedInBefore) { try await self.signInByHandlers() }
            reply = try await cancellable(call)
            deliver(reply, options)
        }
        if case .failed(let json) = reply.outcome { throw failure(json) }
        return reply.outcome
    }

    func value<Value: TapeReadable>(of outcome: FfiOutcome) throws -> Value {
        guard case .value(let tape) = outcome else { throw unexpectedAnswer }
        return TapeReader.read(tape)
    }

    func bytes(of outcome: FfiOutcome) throws -> ByteStream {
        guard case .bytes(let stream) = outcome else { throw unexpectedAnswer }
        return ByteStream(stream)
    }

    private func deliver(_ reply: FfiReply, _ options: CallOptions) {
        if let session = reply.session { sessionChanged(session) }
        if let response = reply.response, let onResponse = options.onResponse {
            onResponse(Int(response.status), response.headers.map { ($0.name, $0.value) })
        }
    }

    var unexpectedAnswer: FileFerryError {
        FileFerryError(kind: .internal, message: "the library gave another sort of answer than it describes")
    }

    // MARK: Signing in

    func sessionChanged(_ session: String) {
        options.onSession?(session)
    }

    private func signInByHandlers() async throws {
        let flow = SignInFlow(core: self)
        var step = try await flow.start()
        while true {
            switch step {
            case .done: return
            case .captcha(let captcha):
                guard let onCaptcha = options.onCaptcha else { throw noHandler(.captchaRequired, "onCaptcha") }
                step = try await captcha.answer(try await onCaptcha(captcha))
            case .confirm(let confirm):
                guard let onConfirm = options.onConfirm else { throw noHandler(.authenticationRequired, "onConfirm") }
                step = try await confirm.answer(try await onConfirm(confirm))
            case .wait(let wait):
                try await Task.sleep(nanoseconds: UInt64(max(0, wait.seconds) * 1_000_000_000))
                step = try await wait.proceed()
            case .other(let name, _):
                throw FileFerryError(kind: .notSupported, message: "signing in needs the unknown step \(name)")
            }
        }
    }

    private func noHandler(_ kind: FileFerryError.Kind, _ option: String) -> FileFerryError {
        FileFerryError(kind: kind, message: "signing in needs the option \(option)")
    }
}
