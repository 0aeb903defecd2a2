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
            let log = options.onLog.map { Relay(keepingNewest: 256, $0) }
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

    /// Runs a call, and again where it first needed steps that the program's handlers take.
    func perform(
        _ options: CallOptions, _ call: @Sendable (FfiCancel) async -> FfiReply
    ) async throws -> FfiOutcome {
        var provided = 0
        let begun = mayAsk ? options.arguments.data : Data()
        while true {
            let signedInBefore = hasHandler ? await signIns.count : 0
            let reply = try await cancellable(call)
            deliver(reply, options)
            if let needed = reply.needs, provided < Self.maxNeeds, mayAsk,
                try await provide(needed, for: begun, signedInBefore)
            {
                provided += 1
                continue
            }
            if case .failed(let json) = reply.outcome { throw failure(json) }
            return reply.outcome
        }
    }

    /// How often a call is made again after the program's help: to sign in, for a free download, for a lapsed ticket.
    private static let maxNeeds = 3

    /// Takes the steps that a call was refused for want of; false where no handler answered.
    private func provide(_ needed: FfiNeeded, for call: Data, _ signedInBefore: Int) async throws -> Bool {
        switch needed {
        case .signIn:
            try await signIns.run(unlessRunSince: signedInBefore) { await (try self.signIn(for: call)).isDone }
        case .freeDownload(let target): await (try freeDownload(target, for: call)).isDone
        }
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

    // MARK: Steps

    func sessionChanged(_ session: String) {
        options.onSession?(session)
    }

    private var hasHandler: Bool { options.onCaptcha != nil || options.onConfirm != nil }

    /// Whether there are handlers, and none of them is what runs here: it must not wait for itself.
    private var mayAsk: Bool { hasHandler && !Asking.isGoingOn(for: self) }

    /// Begins to sign in, for the call with these options; runs through the steps for which there is a handler.
    func signIn(for call: Data = Data()) async throws -> Flow {
        try await begin(cancellable { _ in try native.signIn(options: call) })
    }

    /// Begins what leads to a free download, as ``signIn(for:)`` does.
    func freeDownload(_ target: String, for call: Data = Data()) async throws -> Flow {
        try await begin(cancellable { _ in try native.freeDownload(target: target, options: call) })
    }

    private func begin(_ native: FfiFlow) async throws -> Flow {
        let flow = Flow(core: self, native: native)
        try await flow.start()
        if mayAsk { try await Asking.run(for: self) { try await self.runThrough(flow) } }
        return flow
    }

    /// Takes all steps for which there is a handler. After a wrong answer the handler is asked again, but not for ever:
    /// one more may block the account.
    private func runThrough(_ flow: Flow) async throws {
        var wrongAnswers = 0
        while true {
            switch await flow.step {
            case .captcha(let captcha):
                guard let onCaptcha = options.onCaptcha else { return }
                let answer = try await onCaptcha(captcha)
                do {
                    _ = try await captcha.answer(answer)
                } catch let error as FileFerryError where error.kind == .captchaInvalid {
                    wrongAnswers += 1
                    if wrongAnswers == Self.maxWrongAnswers { throw error }
                }
            case .confirm(let confirm):
                guard let onConfirm = options.onConfirm else { return }
                _ = try await confirm.answer(try await onConfirm(confirm))
            case .wait:
                _ = try await flow.waitUnseen()
            case .other(let name, _):
                throw FileFerryError(kind: .notSupported, message: "the service asks for the unknown step \(name)")
            case .done: return
            }
        }
    }

    private static let maxWrongAnswers = 3
}
