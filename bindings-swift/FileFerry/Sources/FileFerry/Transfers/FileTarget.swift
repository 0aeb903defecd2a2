/// What names a file or folder of a service: an ``Entry``, a path (it begins with `/`; `/` is the root) or a bare id.
public protocol FileTarget: Sendable {
    /// What the library is told of it.
    var fileTarget: JSONValue { get }
}

extension String: FileTarget {
    public var fileTarget: JSONValue { .string(self) }
}

extension Entry: FileTarget {
    /// What tells which one it is. The library sees by its service that an entry belongs elsewhere.
    public var fileTarget: JSONValue {
        .object(["id": id.plain, "path": path.plain, "is_folder": .bool(isFolder), "service": .string(service)])
    }
}

extension JSONValue {
    /// The id of a target; empty where it has none, which the library refuses before anything is sent.
    var identity: String {
        switch self {
        case .string(let id): return id
        case .object(let members):
            guard case .string(let id)? = members["id"] else { return "" }
            return id
        default: return ""
        }
    }
}
