internal import FileFerryBridge
import Foundation

extension ClientCore {
    /// Uploads a source; gives what the service made of it.
    func upload(
        _ source: some Uploadable, _ options: CallOptions, _ onProgress: ProgressHandler?,
        _ fill: (inout Arguments) -> Void
    ) async throws -> Entry {
        let content = try source.uploadSource.content.get()
        var arguments = Arguments()
        fill(&arguments)
        let (data, optionData) = (arguments.data, options.arguments.data)
        return try await transfer(options, onProgress) { [native] progress, cancel in
            await content.reading { source in
                await native.upload(
                    source: source, arguments: data, options: optionData, progress: progress, cancel: cancel)
            }
        }
    }

    /// Uploads a local folder with all that is in it; gives what became of it.
    func uploadFolder(
        _ source: URL, _ options: CallOptions, _ onProgress: FolderProgressHandler?,
        _ fill: (inout Arguments) -> Void
    ) async throws -> FolderReport {
        guard source.isFileURL else {
            throw FileFerryError(kind: .invalidArgument, message: "the source is not a file URL")
        }
        var arguments = Arguments()
        fill(&arguments)
        let (path, data, optionData) = (source.path, arguments.data, options.arguments.data)
        return try await transfer(options, onProgress) { [native] progress, cancel in
            await native.uploadFolder(
                path: path, arguments: data, options: optionData, progress: progress, cancel: cancel)
        }
    }

    /// Downloads a file; gives the entry whose `path` is the file written.
    func download(
        to destination: URL, overwrite: Bool, _ options: CallOptions, _ onProgress: ProgressHandler?,
        _ fill: (inout Arguments) -> Void
    ) async throws -> Entry {
        guard destination.isFileURL else {
            throw FileFerryError(kind: .invalidArgument, message: "the destination is not a file URL")
        }
        var arguments = Arguments()
        fill(&arguments)
        let (path, data, optionData) = (destination.path, arguments.data, options.arguments.data)
        return try await transfer(options, onProgress) { [native] progress, cancel in
            await native.download(
                to: path, overwrite: overwrite, arguments: data, options: optionData, progress: progress,
                cancel: cancel)
        }
    }

    /// Opens a file of the service as a stream.
    func downloadStream(_ options: CallOptions, _ fill: (inout Arguments) -> Void) async throws -> ByteStream {
        var arguments = Arguments()
        fill(&arguments)
        let (data, optionData) = (arguments.data, options.arguments.data)
        let outcome = try await perform(options) { [native] cancel in
            await native.downloadStream(arguments: data, options: optionData, cancel: cancel)
        }
        return try bytes(of: outcome)
    }

    /// Makes a call that tells its progress; it ends when the program has seen all of it.
    func transfer<Event: Sendable, Value: TapeReadable>(
        _ options: CallOptions, _ onProgress: (@Sendable (Event) -> Void)?,
        _ run: @Sendable (Relay<Event>?, FfiCancel) async -> FfiReply
    ) async throws -> Value {
        let relay = onProgress.map { Relay(keepingNewest: 8, $0) }
        do {
            let outcome = try await perform(options) { cancel in
                await run(relay, cancel)
            }
            await relay?.finish()
            return try value(of: outcome)
        } catch {
            await relay?.finish()
            throw error
        }
    }
}
