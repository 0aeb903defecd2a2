internal import FileFerryBridge
import Foundation

/// The verbs that all services share.
///
/// A *target* is an ``Entry``, a path (it begins with `/`; `/` is the root) or a bare id. A path that fits several entries is
/// a `conflict`, with their ids in the error's `items`; one that leads nowhere is `notFound`. What a service cannot do is
/// `notSupported`, an entry of another service `invalidArgument`, and nothing is sent for either.
///
/// Services know ids only: a path is found by listing one folder after the other on the way to it.
extension ServiceClient {
    /// Makes a client by the name of its service. A service, an option or a credential that there is not is
    /// `invalidArgument`.
    ///
    /// - Parameters:
    ///   - service: its name, such as `keep2share`.
    ///   - options: how the client behaves.
    ///   - credentials: the service's ways to sign in, by their names: `["access_token": "…"]`.
    /// - Returns: a client of the service's own class.
    public static func open(
        _ service: String, options: ClientOptions = ClientOptions(), credentials: [String: String] = [:]
    ) throws -> ServiceClient {
        guard let client = try Generated.client(service, options, credentials) else {
            throw FileFerryError(kind: .invalidArgument, message: "there is no service \(service)")
        }
        return client
    }

    /// Lists a folder: its entries, page after page, each asked for when it is needed. What is in the trash or dead is left
    /// out. Keep2Share asks for 1000 entries at once.
    ///
    /// - Parameters:
    ///   - folder: what to list; the root, if nothing else is said.
    ///   - options: for each request of this listing.
    public final func list(
        _ folder: any FileTarget = "/", options: CallOptions = CallOptions()
    ) -> PageSequence<Entry> {
        var arguments = Arguments()
        arguments.set("folder", folder.fileTarget)
        return PageSequence(core: core, folder: arguments.data, options: options)
    }

    /// Tells what is known of a file or folder; what is not there is `notFound`.
    ///
    /// - Parameters:
    ///   - target: the file or folder.
    ///   - isFolder: whether a bare id is a folder's, for services that number files and folders apart.
    ///   - options: for this call only.
    public final func stat(
        _ target: any FileTarget, isFolder: Bool? = nil, options: CallOptions = CallOptions()
    ) async throws -> Entry {
        try await core.verb("stat", options) {
            $0.set("target", target.fileTarget)
            $0.set("is_folder", isFolder)
        }
    }

    /// Makes a folder. One of that name that is there is `alreadyExists`. The service is asked for the items of the folder
    /// around it first.
    ///
    /// - Parameters:
    ///   - name: what to call it.
    ///   - folder: where to make it; the root, if nothing else is said.
    ///   - existOk: gives the folder of that name that is there instead of an error.
    ///   - options: for this call only.
    @discardableResult
    public final func makeFolder(
        _ name: String, folder: any FileTarget = "/", existOk: Bool = false, options: CallOptions = CallOptions()
    ) async throws -> Entry {
        try await core.verb("make_folder", options) {
            $0.set("name", name)
            $0.set("folder", folder.fileTarget)
            $0.set("exist_ok", existOk)
        }
    }

    /// Moves a file or folder into a folder.
    ///
    /// - Returns: its entry there.
    @discardableResult
    public final func move(
        _ target: any FileTarget, to folder: any FileTarget, options: CallOptions = CallOptions()
    ) async throws -> Entry {
        try await core.verb("move", options) {
            $0.set("target", target.fileTarget)
            $0.set("folder", folder.fileTarget)
        }
    }

    /// Gives a file or folder another name. A name that is empty or holds a slash is `invalidArgument`. Keep2Share takes no
    /// name of a file that is shorter than three characters: `rejected`.
    ///
    /// - Returns: its entry under that name.
    @discardableResult
    public final func rename(
        _ target: any FileTarget, to name: String, options: CallOptions = CallOptions()
    ) async throws -> Entry {
        try await core.verb("rename", options) {
            $0.set("target", target.fileTarget)
            $0.set("name", name)
        }
    }

    /// Deletes a file, or a folder with what is in it; what is not there is `notFound`.
    public final func delete(_ target: any FileTarget, options: CallOptions = CallOptions()) async throws {
        _ = try await core.outcome(ofVerb: "delete", options) { $0.set("target", target.fileTarget) }
    }

    /// An address that a stranger can open and that does not lapse by itself. Where there is none it is made; where that
    /// cannot be, it is `notSupported`. Keep2Share opens a folder to others for it; a private file stays private and has
    /// none.
    public final func shareLink(
        _ target: any FileTarget, options: CallOptions = CallOptions()
    ) async throws -> String {
        let outcome = try await core.outcome(ofVerb: "share_link", options) { $0.set("target", target.fileTarget) }
        guard case .link(let url) = outcome else { throw core.unexpectedAnswer }
        return url
    }

    /// Lets the service fetch an address itself, and waits for it. An address that the service does not want, or could not
    /// fetch, is `rejected`. How it goes is asked for at ``ClientOptions/pollInterval``. Cancelling the task ends the
    /// waiting: the service goes on fetching.
    ///
    /// - Parameters:
    ///   - url: the address of a file.
    ///   - folder: where it goes; the root, if nothing else is said.
    ///   - options: for this call only.
    ///   - onProgress: hears how far it has come: `fraction` tells it, as the service counts no bytes.
    /// - Returns: the new file's entry.
    @discardableResult
    public final func remoteUpload(
        _ url: String, folder: (any FileTarget)? = nil, options: CallOptions = CallOptions(),
        onProgress: ProgressHandler? = nil
    ) async throws -> Entry {
        var arguments = Arguments()
        arguments.set("url", url)
        arguments.set("folder", folder?.fileTarget)
        let (data, optionData) = (arguments.data, options.arguments.data)
        return try await core.transfer(options, onProgress) { [native = core.native] progress, cancel in
            await native.verb(
                name: "remote_upload", arguments: data, options: optionData, progress: progress, cancel: cancel)
        }
    }

    /// The signed-in account, in the terms that all services share. Keep2Share tells the traffic that is left today and the
    /// end of the subscription; the name is the one that the client signs in with.
    public final func account(options: CallOptions = CallOptions()) async throws -> Account {
        try await core.verb("account", options) { _ in }
    }

    /// What the service can do. Nothing is sent.
    public final func capabilities() throws -> Capabilities {
        TapeReader.read(try throwingFailures { try core.native.capabilities() })
    }

    /// Uploads a file: what the clients of all services take, where theirs may take more.
    ///
    /// - Parameters:
    ///   - source: the URL of a file, `Data`, or an ``UploadSource``.
    ///   - folder: where it goes; the root, if nothing else is said.
    ///   - name: its name there; else the file's own.
    ///   - options: for this call only.
    ///   - onProgress: hears how far it has come.
    @_disfavoredOverload
    @discardableResult
    public final func upload(
        _ source: any Uploadable, folder: (any FileTarget)? = nil, name: String? = nil,
        options: CallOptions = CallOptions(), onProgress: ProgressHandler? = nil
    ) async throws -> Entry {
        try await core.upload(source, options, onProgress) {
            $0.set("folder", folder?.fileTarget)
            $0.set("name", name)
        }
    }

    /// Uploads a local folder with all that is in it: what the clients of all services take, where theirs may take more.
    ///
    /// It becomes a folder of its name on the service. Folders that are there already are used, so that a second call adds
    /// to the first. A file that fails is reported and the others go on; so is what cannot be uploaded: symbolic links,
    /// special files, what may not be read. The call itself fails where there is nothing to report: the local folder cannot
    /// be read, or its folder on the service cannot be made.
    ///
    /// - Parameters:
    ///   - source: the URL of a local folder.
    ///   - folder: where it goes; the root, if nothing else is said.
    ///   - name: its name there; else the folder's own.
    ///   - parallel: how many files are sent at once, from 1 to 10; three, if nothing else is said.
    ///   - options: for this call only.
    ///   - onProgress: hears how far it has come.
    /// - Returns: what became of each file and folder.
    @_disfavoredOverload
    public final func uploadFolder(
        _ source: URL, folder: (any FileTarget)? = nil, name: String? = nil, parallel: Int? = nil,
        options: CallOptions = CallOptions(), onProgress: FolderProgressHandler? = nil
    ) async throws -> FolderReport {
        try await core.uploadFolder(source, options, onProgress) {
            $0.set("folder", folder?.fileTarget)
            $0.set("name", name)
            $0.set("parallel", parallel.map(Int64.init))
        }
    }

    /// Downloads a file: what the clients of all services take, where theirs may take more.
    ///
    /// - Parameters:
    ///   - target: the file.
    ///   - destination: where it goes; in a folder it gets the name that the service has for it.
    ///   - overwrite: whether a file that is there already is replaced; else it is `alreadyExists`.
    ///   - options: for this call only.
    ///   - onProgress: hears how far it has come.
    /// - Returns: the entry, whose `path` is the file written.
    @_disfavoredOverload
    @discardableResult
    public final func download(
        _ target: any FileTarget, to destination: URL, overwrite: Bool = false,
        options: CallOptions = CallOptions(), onProgress: ProgressHandler? = nil
    ) async throws -> Entry {
        try await core.download(to: destination, overwrite: overwrite, options, onProgress) {
            $0.set("target", target.fileTarget)
        }
    }

    /// Opens a file as a stream of bytes: what the clients of all services take, where theirs may take more.
    @_disfavoredOverload
    public final func downloadStream(
        _ target: any FileTarget, options: CallOptions = CallOptions()
    ) async throws -> ByteStream {
        try await core.downloadStream(options) { $0.set("target", target.fileTarget) }
    }
}

/// What the address of a page says, of whatever service; `nil` where it is no page that this library knows. Nothing is sent.
public func parseLink(_ url: String) throws -> ParsedLink? {
    try Library.check()
    return try throwingFailures { try FileFerryBridge.parseLink(url: url) }.map { TapeReader.read($0) }
}

extension ClientCore {
    /// Does a verb that gives a value of the models that all services share.
    func verb<Value: TapeReadable>(
        _ name: String, _ options: CallOptions, _ fill: (inout Arguments) -> Void
    ) async throws -> Value {
        try value(of: try await outcome(ofVerb: name, options, fill))
    }

    func outcome(
        ofVerb name: String, _ options: CallOptions, _ fill: (inout Arguments) -> Void
    ) async throws -> FfiOutcome {
        var arguments = Arguments()
        fill(&arguments)
        let (data, optionData) = (arguments.data, options.arguments.data)
        return try await perform(options) { [native] cancel in
            await native.verb(name: name, arguments: data, options: optionData, progress: nil, cancel: cancel)
        }
    }
}

extension PageSequence {
    /// The entries of a folder.
    init(core: ClientCore, folder arguments: Data, options: CallOptions) where Element == Entry {
        self.init(core: core, options: options) {
            try core.native.list(arguments: arguments, options: options.arguments.data)
        }
    }
}

/// Runs what the library answers at once; its failure becomes the package's error.
private func throwingFailures<Value>(_ work: () throws -> Value) throws -> Value {
    do {
        return try work()
    } catch FfiError.Failed(let json) {
        throw FileFerryError(record: json)
    }
}
