import Foundation

/// What a flow needs next. It is an open set: a step that this version does not know is `other`.
public enum Step: Sendable {
    /// A captcha to solve.
    case captcha(CaptchaStep)
    /// A page where a person agrees.
    case confirm(ConfirmStep)
    /// Time to let pass.
    case wait(WaitStep)
    /// Over: signed in, or the download can begin.
    case done
    /// A step of a newer library: its name and what it holds.
    case other(String, JSONValue)
}

/// A captcha to solve.
public struct CaptchaStep: Sendable {
    /// `image` or `page`.
    public let kind: String?
    /// Its id for the service.
    public let challenge: String?
    /// Where a person sees it.
    public let url: String?
    fileprivate let flow: Flow

    /// The picture's file and its media type.
    public func image() async throws -> (data: Data, mediaType: String) { try await flow.image() }

    /// Answers it and gives the next step. After `captcha_invalid` the flow stands at a new captcha: see ``Flow/step``.
    /// This one takes no answer then.
    public func answer(_ text: String) async throws -> Step { try await flow.answer(text, to: challenge) }
}

/// A page where a person agrees.
public struct ConfirmStep: Sendable {
    /// The page.
    public let url: String?
    /// The code to enter there.
    public let userCode: String?
    /// When it lapses.
    public let expiresAt: Date?
    fileprivate let flow: Flow

    /// Goes on after the person has agreed, with the code that the page showed, if any; gives the next step.
    public func answer(_ text: String? = nil) async throws -> Step { try await flow.answer(text ?? "", to: url) }
}

/// Time to let pass.
public struct WaitStep: Sendable {
    /// How long.
    public let seconds: TimeInterval
    fileprivate let flow: Flow

    /// Goes on after the wait; gives the next step. Too early, it is another wait.
    public func proceed() async throws -> Step { try await flow.proceed() }

    /// Lets the time pass and goes on; gives the next step.
    public func waitOut() async throws -> Step { try await flow.waitOut() }
}

extension Step {
    /// The step in the library's JSON, and the session where it made one.
    static func read(_ json: String, flow: Flow) throws -> (step: Step, session: String?) {
        let step = try PlainReader(JSONParser.parse(json))
        let name: String = try step.required("step")
        switch name {
        case "captcha":
            let captcha = CaptchaStep(
                kind: try step.optional("kind"), challenge: try step.optional("challenge"),
                url: try step.optional("url"), flow: flow)
            return (.captcha(captcha), nil)
        case "confirm":
            let microseconds: Int64? = try step.optional("expires_at")
            let confirm = ConfirmStep(
                url: try step.optional("url"), userCode: try step.optional("user_code"),
                expiresAt: microseconds.map(ISOTime.date(microsecondsSince1970:)), flow: flow)
            return (.confirm(confirm), nil)
        case "wait":
            let milliseconds: Int64 = try step.required("wait_ms")
            return (.wait(WaitStep(seconds: TimeInterval(milliseconds) / 1000, flow: flow)), nil)
        case "done":
            return (.done, try step.optional("session"))
        default:
            return (.other(name, try JSONParser.parse(json)), nil)
        }
    }
}
