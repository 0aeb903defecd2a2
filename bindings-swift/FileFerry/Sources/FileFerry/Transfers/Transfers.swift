internal import FileFerryBridge
import Foundation

extension ClientCore {
    /// Uploads a source; gives what the service made of it.
    func upload(
        _ source: some Uploadable, _ options: CallOptions, _ onProgress: ProgressHandler?,
        _ fill: (inout Arguments) -> Void
    ) async throws -> Entry {
        switch source.uploadSource.content {
        case .path(let path): return try await upload(.path(path: path), options, onProgress, fill)
        case .data(let data): return try await upload(.bytes(bytes: data), options, onProgress, fill)
        case .stream(let length, let feed):
            let feeder = FfiSourceFeeder(length: length)
            // Not a child task: an upload that has failed does not wait for a source that takes its time.
            let feeding = Task { await feed(feeder) }
            defer { feeding.cancel() }
            return try await upload(.stream(feeder: feeder), canBeRepeated: false, options, onProgress, fill)
        case .invalid(let message): throw FileFerryError(kind: .invalidArgument, message: message)
        }
    }

    private func upload(
        _ source: FfiSource, canBeRepeated: Bool = true, _ options: CallOptions, _ onProgress: ProgressHandler?,
        _ fill: (inout Arguments) -> Void
    ) async throws -> Entry {
        var arguments = Arguments()
        fill(&arguments)
        let (data, optionData) = (arguments.data, options.arguments.data)
        return try await transfer(options, canBeRepeated: canBeRepeated, onProgress) { [native] progress, cancel in
            await native.upload(
                source: source, arguments: data, options: optionData, progress: progress, cancel: cancel)
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

    private func transfer(
        _ options: CallOptions, canBeRepeated: Bool = true, _ onProgress: ProgressHandler?,
        _ run: @Sendable (ProgressListener?, FfiCancel) async -> FfiReply
    ) async throws -> Entry {
        let listener = onProgress.map(ProgressListener.init)
        do {
            let outcome = try await perform(options, canBeRepeated: canBeRepeated) { cancel in
                await run(listener, cancel)
            }
            await listener?.finish()
            return try value(of: outcome)
        } catch {
            await listener?.finish()
            throw error
        }
    }
}
