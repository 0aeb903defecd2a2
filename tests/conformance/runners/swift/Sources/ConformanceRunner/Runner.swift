import FileFerry
import Foundation

/// Reads a case a line and writes what was seen of it, a line each; everything else goes to the error output.
@main
struct Runner {
    static func main() async throws {
        while let line = readLine() {
            let answer = await answer(to: try JSONValue(jsonText: line))
            try FileHandle.standardOutput.write(contentsOf: Data((answer.jsonText + "\n").utf8))
        }
    }

    private static func answer(to task: JSONValue) async -> JSONValue {
        let name = task["case"] ?? .null
        do {
            return try await Performance(task).run().adding(["case": name])
        } catch {
            return ["case": name, "outcome": "runner_error", "error": .string("\(error)")]
        }
    }
}

/// A client as the cases use it: each service's is generated.
protocol ConformanceClient: ServiceClient {
    static func make(_ given: Given, options: ClientOptions) throws -> Self
    func run(_ call: Call) async throws -> Observation
    func upload(_ call: Call) async throws -> Observation
    func uploadFolder(_ call: Call) async throws -> Observation
    func download(_ call: Call) async throws -> Observation
}

/// One case: the call, and everything that is seen of it.
private struct Performance {
    private let task: JSONValue
    private let recorder = Recorder()

    init(_ task: JSONValue) {
        self.task = task
    }

    func run() async throws -> JSONValue {
        var debug: [JSONValue] = []
        var seen: [String: JSONValue]
        do {
            let client = try makeClient()
            defer { client.close() }
            debug += printed(client)
            if task["close_first"] == true { client.close() }
            let given = Given(task["call"])
            let result = try await perform(given, with: client)
            try given.checkAllUsed()
            debug += result.printed.map(JSONValue.string)
            seen = ["outcome": "value", "observation": result.json]
        } catch let error as FileFerryError {
            debug += printed(error)
            seen = ["outcome": "error", "error": observe(error)]
        }
        seen["debug"] = .array(debug)
        seen["progress"] = .array(recorder.progress)
        seen["responses"] = .array(recorder.responses)
        return .object(seen)
    }

    private func makeClient() throws -> any ConformanceClient {
        guard let type = clients[try text("service")] else { throw Misfit("there is no client of this service") }
        let given = Given(task["client"])
        let client = try type.make(given, options: try clientOptions(given))
        try given.checkAllUsed()
        return client
    }

    private func clientOptions(_ given: Given) throws -> ClientOptions {
        var options = ClientOptions()
        options.session = try given.optional("session")
        options.host = try given.optional("host")
        options.baseURL = try given.optional("base_url")
        options.allowHTTP = try given.optional("allow_http")
        options.connectTimeout = try given.optional("connect_timeout")
        options.idleTimeout = try given.optional("idle_timeout")
        options.uploadIdleTimeout = try given.optional("upload_idle_timeout")
        options.deadline = try given.optional("deadline")
        options.maxAttempts = try given.optional("max_attempts").map { (number: Int64) in Int(number) }
        options.backoff = try given.optional("backoff")
        options.backoffMax = try given.optional("backoff_max")
        options.retryAfterCap = try given.optional("retry_after_cap")
        options.freeWaitMargin = try given.optional("free_wait_margin")
        options.pollInterval = try given.optional("poll_interval")
        options.rate = try given.optional("rate")
        options.maxJSON = try given.optional("max_json").map { (number: Int64) in Int(number) }
        options.proxy = try given.optional("proxy")
        options.caBundle = try given.optional("ca_bundle")
        options.userAgent = try given.optional("user_agent")
        if let answer: String = try given.optional("on_captcha") { options.onCaptcha = { _ in answer } }
        options.onLog = { entry in FileHandle.standardError.write(Data("\(entry.level) \(entry.message)\n".utf8)) }
        return options
    }

    private func callOptions() throws -> CallOptions {
        let given = Given(task["options"])
        var options = CallOptions()
        options.deadline = try given.optional("deadline")
        options.maxAttempts = try given.optional("max_attempts").map { (number: Int64) in Int(number) }
        options.method = try given.optional("method")
        options.version = try given.optional("version")
        options.address = try given.optional("address")
        options.extra = try given.optional("extra") ?? [:]
        options.isIdempotent = try given.optional("idempotent")
        options.onResponse = { [recorder] status, headers in recorder.note(status: status, headers: headers) }
        try given.checkAllUsed()
        return options
    }

    private func perform(_ given: Given, with client: any ConformanceClient) async throws -> Observation {
        let call = Call(
            operation: try text("operation"), iterates: task["iterate"] == true, given: given,
            options: try callOptions(),
            onProgress: { [recorder] in recorder.note(done: $0.bytesDone, total: $0.bytesTotal) },
            onFolderProgress: { [recorder] in recorder.note(done: $0.bytesDone, total: $0.bytesTotal) })
        switch task["verb"] {
        case nil, .null?: return try await client.run(call)
        case "upload": return try await client.upload(call)
        case "uploadFolder": return try await client.uploadFolder(call)
        case "download": return try await client.download(call)
        case "signIn": return try await signIn(client, call.given)
        case "request": return try await request(client, call)
        case .string(let verb)?: return try await shared(verb, client, call)
        default: throw Misfit("the verb is no text")
        }
    }

    /// The other verbs that all services share.
    private func shared(_ verb: String, _ client: any ConformanceClient, _ call: Call) async throws -> Observation {
        let (given, options) = (call.given, call.options)
        let folder: String? = try given.optional("folder")
        func target() throws -> String { try given.required("target") }
        switch verb {
        case "list": return try await result(all: client.list(folder ?? "/", options: options))
        case "stat":
            return try await result(
                client.stat(target(), isFolder: given.optional("is_folder"), options: options))
        case "makeFolder":
            let existOk: Bool? = try given.optional("exist_ok")
            return try await result(
                client.makeFolder(
                    given.required("name"), folder: folder ?? "/", existOk: existOk ?? false, options: options))
        case "move": return try await result(client.move(target(), to: folder ?? "", options: options))
        case "rename": return try await result(client.rename(target(), to: given.required("name"), options: options))
        case "delete":
            try await client.delete(target(), options: options)
            return .nothing
        case "shareLink": return try await result(client.shareLink(target(), options: options))
        case "remoteUpload":
            return try await result(
                client.remoteUpload(
                    given.required("url"), folder: folder, options: options, onProgress: call.onProgress))
        case "account": return try await result(client.account(options: options))
        case "capabilities": return try result(client.capabilities())
        default: throw Misfit("the verb \(verb) is not known")
        }
    }

    private func request(_ client: any ConformanceClient, _ call: Call) async throws -> Observation {
        let answer = try await client.request(
            call.given.required("method"), call.given.required("path"),
            params: call.given.optional("params") ?? [:], options: call.options)
        return Observation(.leaf("json", answer ?? .null))
    }

    private func signIn(_ client: any ConformanceClient, _ given: Given) async throws -> Observation {
        var answers: [String] = try given.optional("answers") ?? []
        let wantsImages: Bool = try given.optional("images") ?? false
        var steps: [JSONValue] = []
        let flow = try await client.signIn()
        var step = await flow.step
        while true {
            switch step {
            case .done: return Observation(["steps": .array(steps), "result": .leaf("null", .null)])
            case .captcha(let captcha):
                var seen: [String: JSONValue] = [
                    "type": .leaf("text", "captcha"), "kind": observe(captcha.kind),
                    "challenge": observe(captcha.challenge), "url": observe(captcha.url),
                ]
                if wantsImages, captcha.kind == "image" { seen["image"] = observe(try await captcha.image().data) }
                steps.append(.object(seen))
                guard !answers.isEmpty else { throw Misfit("the case has no answer for a captcha") }
                do {
                    step = try await captcha.answer(answers.removeFirst())
                } catch let error as FileFerryError where error.kind == .captchaInvalid && !answers.isEmpty {
                    step = await flow.step
                }
            case .confirm(let confirm):
                steps.append(
                    .object([
                        "type": .leaf("text", "confirm"), "url": observe(confirm.url),
                        "user_code": observe(confirm.userCode),
                    ]))
                guard !answers.isEmpty else {
                    return Observation(["steps": .array(steps), "result": .leaf("null", .null)])
                }
                step = try await confirm.answer(answers.removeFirst())
            default: throw Misfit("no case goes on from the step \(step)")
            }
        }
    }

    private func text(_ name: String) throws -> String {
        guard case .string(let text)? = task[name] else { throw Misfit("the case has no \(name)") }
        return text
    }

    private func printed(_ value: Any) -> [JSONValue] {
        var dumped = ""
        dump(value, to: &dumped)
        return [.string("\(value)"), .string(String(reflecting: value)), .string(dumped)]
    }
}

extension JSONValue {
    fileprivate func adding(_ members: [String: JSONValue]) -> JSONValue {
        guard case .object(let own) = self else { return self }
        return .object(own.merging(members) { _, new in new })
    }
}
