import FileFerry
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The emulator, started once for all tests. It ends with this process, whose end closes its input.
struct Emulator: Sendable {
    static let shared = Task { try Emulator.start() }

    let control: URL

    private static func start() throws -> Emulator {
        let environment = ProcessInfo.processInfo.environment
        let program = environment["FILEFERRY_EMULATOR"] ?? "\(repository)/target/debug/fileferry-emulator"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--until-stdin-closes"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // Both ends must live as long as the tests do.
        keptOpen.append(input)
        keptOpen.append(output)
        var ready = Data()
        while !ready.contains(UInt8(ascii: "\n")) {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { throw TestFailure("the emulator ended before it was ready") }
            ready.append(more)
        }
        guard case .string(let control)? = try JSONValue(jsonText: String(decoding: ready, as: UTF8.self))["control"],
            let url = URL(string: control)
        else { throw TestFailure("the emulator said no control address") }
        return Emulator(control: url)
    }

    /// Only `start` appends to it, and that runs once.
    nonisolated(unsafe) private static var keptOpen: [Pipe] = []

    private static var repository: String {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<6 { folder.deleteLastPathComponent() }
        return folder.path
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A world of the emulator: accounts, files and faults of one test.
struct World: Sendable {
    private let address: String
    private let description: JSONValue

    init() async throws {
        let control = try await Emulator.shared.value.control.absoluteString
        description = try await Self.send("POST", control + "/worlds")
        address = control + "/worlds/" + (try description.text("id"))
    }

    var baseURL: String {
        get throws { try description.text("services", "keep2share", "base_url") }
    }

    /// A member of an account: `username`, `password` or `access_token`.
    func account(_ kind: String, _ member: String) throws -> String {
        try description.text("services", "keep2share", "accounts", kind, member)
    }

    /// Options that reach this world and do not let a test wait.
    func options(_ change: (inout ClientOptions) -> Void = { _ in }) throws -> ClientOptions {
        var options = ClientOptions(baseURL: try baseURL, backoff: 0.01, rate: 0)
        change(&options)
        return options
    }

    /// A client with the account's permanent key.
    func client(_ kind: String = "premium", _ change: (inout ClientOptions) -> Void = { _ in }) throws -> Keep2Share {
        try Keep2Share(accessToken: account(kind, "access_token"), options: options(change))
    }

    /// A client that has to sign in.
    func signingIn(
        _ kind: String = "premium", _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> Keep2Share {
        try Keep2Share(
            username: account(kind, "username"), password: account(kind, "password"), options: options(change))
    }

    // MARK: The control address

    @discardableResult
    func order(_ what: String, _ order: JSONValue = [:]) async throws -> JSONValue {
        try await Self.send("POST", "\(address)/\(what)", order)
    }

    func fault(_ name: String, at path: String, _ members: [String: JSONValue] = [:]) async throws {
        let order: [String: JSONValue] = ["service": "keep2share", "path": .string(path), "fault": .string(name)]
        try await self.order("faults", .object(order.merging(members) { $1 }))
    }

    func get(_ what: String) async throws -> JSONValue { try await Self.send("GET", "\(address)/\(what)") }

    /// Waits until so many requests have come so far: `held`, `client_closed` …
    func wait(for outcome: String, of operation: String, count: Int = 1) async throws {
        _ = try await get("requests?wait_for=\(outcome)&operation=\(operation)&count=\(count)&timeout_ms=10000")
    }

    /// All requests of an operation.
    func requests(_ operation: String) async throws -> [JSONValue] {
        guard case .array(let requests)? = try await get("requests?operation=\(operation)")["requests"] else {
            return []
        }
        return requests
    }

    private static func send(_ method: String, _ address: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        guard let url = URL(string: address) else { throw TestFailure("\(address) is no address") }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.jsonText.utf8) }
        let (data, response) = try await URLSession.shared.data(for: request)
        let text = String(decoding: data, as: UTF8.self)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            throw TestFailure("the emulator refused \(method) \(address): \(text)")
        }
        return try JSONValue(jsonText: text)
    }
}

extension JSONValue {
    func text(_ path: String...) throws -> String {
        let found = path.reduce(Optional(self)) { $0?[$1] }
        guard case .string(let text)? = found else { throw TestFailure("no text at \(path)") }
        return text
    }
}
