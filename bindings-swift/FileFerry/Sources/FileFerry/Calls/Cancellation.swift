internal import FileFerryBridge

/// Runs a call of the library so that `Task.cancel()` stops it: its future is dropped and its socket closed.
func cancellable<Value: Sendable>(_ call: (FfiCancel) async throws -> Value) async throws -> Value {
    try Task.checkCancellation()
    let cancel = FfiCancel()
    return try await withTaskCancellationHandler {
        do {
            return try await call(cancel)
        } catch FfiError.Failed(let json) {
            throw failure(json)
        }
    } onCancel: {
        cancel.cancel()
    }
}

/// The error in a record, or the language's own where the task was cancelled.
func failure(_ record: String) -> any Error {
    let error = FileFerryError(record: record)
    return error.kind == .cancelled && Task.isCancelled ? CancellationError() : error
}
