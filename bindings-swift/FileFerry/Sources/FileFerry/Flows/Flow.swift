internal import FileFerryBridge
import Foundation

/// A sign-in, or the way to a free download, as steps that a program takes at its own pace. It stands for one attempt and
/// is used by one caller at a time.
///
/// ```swift
/// let flow = try await client.signIn()
/// if case .captcha(let captcha) = await flow.step {
///     let picture = try await captcha.image()
///     _ = try await captcha.answer(try await ask(picture.data))
/// }
/// ```
public actor Flow {
    /// Where the flow stands.
    public private(set) var step: Step = .other("new", .null)

    var isDone: Bool {
        if case .done = step { return true }
        return false
    }

    private let core: ClientCore
    private let native: FfiFlow

    init(core: ClientCore, native: FfiFlow) {
        self.core = core
        self.native = native
    }

    /// Begins, or begins anew; gives the first step.
    @discardableResult
    public func start() async throws -> Step {
        try await advance { [native] cancel in try await native.start(cancel: cancel) }
    }

    func image() async throws -> (data: Data, mediaType: String) {
        let image = try await cancellable { [native] cancel in try await native.image(cancel: cancel) }
        return (image.bytes, image.mediaType)
    }

    func answer(_ text: String, to asked: String?) async throws -> Step {
        try await advance { [native] cancel in try await native.answer(asked: asked, text: text, cancel: cancel) }
    }

    func proceed() async throws -> Step {
        try await advance { [native] cancel in try await native.proceed(cancel: cancel) }
    }

    func waitOut() async throws -> Step {
        try await advance { [native] cancel in try await native.waitOut(cancel: cancel) }
    }

    /// Where handlers lead: a wait that is too long for that is an error.
    func waitUnseen() async throws -> Step {
        try await advance { [native] cancel in try await native.waitUnseen(cancel: cancel) }
    }

    private func advance(_ move: @Sendable (FfiCancel) async throws -> String) async throws -> Step {
        do {
            return try arrive(try await cancellable(move))
        } catch let error as FileFerryError {
            // A wrong answer leaves the flow at a new captcha.
            if let now = try await cancellable({ [native] _ in try await native.step() }) { try arrive(now) }
            throw error
        }
    }

    @discardableResult
    private func arrive(_ json: String) throws -> Step {
        let (step, session) = try Step.read(json, flow: self)
        self.step = step
        if let session { core.sessionChanged(session) }
        return step
    }
}
