import FileFerry
import Foundation

/// What the runner cannot do: a mistake in the case, or in the runner.
struct Misfit: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A call that a case asks for.
struct Call {
    let operation: String
    let iterates: Bool
    let given: Given
    let options: CallOptions
    let onProgress: ProgressHandler
    let onFolderProgress: FolderProgressHandler

    var group: Substring { operation.prefix { $0 != "." } }

    var unknown: Misfit { Misfit("Swift has no method for \(operation)") }

    func required<Value: PlainConvertible>(_ name: String) throws -> Value { try given.required(name) }

    func nullable<Value: PlainConvertible>(_ name: String) throws -> Value? { try given.optional(name) }

    func optional<Value: PlainConvertible>(_ name: String) throws -> Value? { try given.optional(name) }

    func field<Value: PlainConvertible>(_ name: String) throws -> Field<Value> { try given.field(name) }

    func source() throws -> UploadSource {
        let file: JSONValue = try given.required("source")
        let path = try self.path(of: file)
        switch file["as"] ?? "path" {
        case "path": return .file(path)
        case "bytes": return .data(try Data(contentsOf: path))
        case "stream":
            let content = try Data(contentsOf: path)
            let chunks = AsyncStream<Data> { stream in
                for start in stride(from: 0, to: content.count, by: 1000) {
                    stream.yield(content[start..<min(start + 1000, content.count)])
                }
                stream.finish()
            }
            return .stream(length: Int64(content.count), chunks)
        default: throw Misfit("Swift cannot hand a file over as \(file["as"] ?? .null)")
        }
    }

    func localFolder() throws -> URL { try path(of: try given.required("source")) }

    func destination() throws -> URL { try path(of: try given.required("to")) }

    private func path(of file: JSONValue) throws -> URL {
        switch file["$path"] ?? file {
        case .string(let path): return URL(fileURLWithPath: path)
        default: throw Misfit("\(file) is no path")
        }
    }
}

/// Members that a case gives, by name.
final class Given {
    private let members: [String: JSONValue]
    private var unused: Set<String>

    init(_ json: JSONValue?) {
        if case .object(let members)? = json { self.members = members } else { members = [:] }
        unused = Set(members.keys)
    }

    func required<Value: PlainConvertible>(_ name: String) throws -> Value {
        guard let value: Value = try optional(name) else { throw Misfit("Swift cannot leave \(name) out") }
        return value
    }

    func optional<Value: PlainConvertible>(_ name: String) throws -> Value? {
        guard let member = take(name), member != .null else { return nil }
        return try native(member)
    }

    func field<Value: PlainConvertible>(_ name: String) throws -> Field<Value> {
        switch take(name) {
        case nil: .omitted
        case .null?: .null
        case .some(let member): .value(try native(member))
        }
    }

    /// A case that names something else asks for what this runner would silently not do.
    func checkAllUsed() throws {
        if !unused.isEmpty { throw Misfit("nothing takes \(unused.sorted())") }
    }

    private func take(_ name: String) -> JSONValue? {
        unused.remove(name)
        return members[name]
    }

    private func native<Value: PlainConvertible>(_ member: JSONValue) throws -> Value {
        let value: Value
        do {
            value = try Value(plain: member)
        } catch let error as FileFerryError {
            throw Misfit("\(Value.self) cannot be made of \(member): \(error)")
        }
        if case .object = member, value.plain != member { throw Misfit("\(Value.self) has not all of \(member)") }
        return value
    }
}

/// Notes what a call tells while it runs.
final class Recorder: @unchecked Sendable {
    // Unchecked: the lock guards both lists.
    private let lock = NSLock()
    private var events: [JSONValue] = []
    private var answers: [JSONValue] = []

    var progress: [JSONValue] { lock.withLock { events } }
    var responses: [JSONValue] { lock.withLock { answers } }

    func note(done: Int64, total: Int64?) {
        let event: JSONValue = ["done": .int(done), "total": total.plain]
        lock.withLock { events.append(event) }
    }

    func note(status: Int, headers: [(name: String, value: String)]) {
        let members = Dictionary(
            headers.map { ($0.name, JSONValue.string($0.value)) },
            uniquingKeysWith: { first, second in .string("\(first.text), \(second.text)") })
        lock.withLock { answers.append([.int(Int64(status)), .object(members)]) }
    }
}

extension JSONValue {
    fileprivate var text: String {
        if case .string(let text) = self { text } else { "" }
    }
}
