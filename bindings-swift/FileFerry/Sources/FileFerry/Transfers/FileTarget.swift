/// What names a file of the service: its id as text, or an entry.
public protocol FileTarget: Sendable {
    /// The file's id.
    var fileTarget: String { get }
}

extension String: FileTarget {
    public var fileTarget: String { self }
}

extension Entry: FileTarget {
    /// An entry without an id has nothing to be found by; the library refuses it before anything is sent.
    public var fileTarget: String { id ?? "" }
}
