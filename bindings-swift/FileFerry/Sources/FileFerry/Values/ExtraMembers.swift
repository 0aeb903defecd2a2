/// The members of an answer that no description knows, parsed when they are first asked for.
struct ExtraMembers: Sendable {
    private enum Content {
        case text(String)
        case members([String: JSONValue])
    }

    private var content: Content

    init(_ members: [String: JSONValue] = [:]) {
        content = .members(members)
    }

    init(jsonText: String) {
        content = .text(jsonText)
    }

    var members: [String: JSONValue] {
        switch content {
        case .members(let members): return members
        case .text(let text):
            guard case .object(let members)? = try? JSONParser.parse(text) else { return [:] }
            return members
        }
    }
}

extension ExtraMembers: Hashable {
    static func == (left: Self, right: Self) -> Bool {
        if case .text(let left) = left.content, case .text(let right) = right.content, left == right { return true }
        return left.members == right.members
    }

    /// Equal members may be written differently, so only parsing could tell; what a model knows is hash enough.
    func hash(into hasher: inout Hasher) {}
}

extension ExtraMembers: CustomStringConvertible, CustomReflectable {
    /// Names only: nobody knows whether a value is secret.
    var description: String { "\(members.keys.sorted())" }

    var customMirror: Mirror { Mirror(self, unlabeledChildren: members.keys.sorted(), displayStyle: .collection) }
}
