internal import FileFerryBridge
import Foundation

/// The items of a listing, fetched page by page as they are asked for.
///
/// Each walk begins at the first page. After an error the walk can go on: the same page is asked for again.
public struct PageSequence<Element: Sendable>: AsyncSequence, Sendable {
    private let begin: @Sendable () -> PageWalk<Element>

    init(core: ClientCore, operation: String, arguments: Data, options: CallOptions) where Element: TapeReadable {
        self.init(core: core, options: options) {
            try core.native.pages(operation: operation, arguments: arguments, options: options.arguments.data)
        }
    }

    init(core: ClientCore, options: CallOptions, open: @escaping @Sendable () throws -> FfiPages)
    where Element: TapeReadable {
        begin = {
            PageWalk(core: core, options: options, open: open) {
                try core.value(of: $0)
            }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(walk: begin()) }

    /// The walk over the items.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var walk: PageWalk<Element>

        public mutating func next() async throws -> Element? { try await walk.next() }
    }
}

private struct PageWalk<Element: Sendable> {
    let core: ClientCore
    let options: CallOptions
    let open: @Sendable () throws -> FfiPages
    let read: @Sendable (FfiOutcome) throws -> [Element]
    private var pages: FfiPages?
    /// Reversed, so that taking the next item is cheap.
    private var items: [Element] = []

    init(
        core: ClientCore, options: CallOptions, open: @escaping @Sendable () throws -> FfiPages,
        read: @escaping @Sendable (FfiOutcome) throws -> [Element]
    ) {
        self.core = core
        self.options = options
        self.open = open
        self.read = read
    }

    mutating func next() async throws -> Element? {
        while items.isEmpty {
            let pages = try self.pages ?? opened()
            self.pages = pages
            let outcome = try await core.perform(options) { cancel in await pages.next(cancel: cancel) }
            if case .nothing = outcome { return nil }
            items = try read(outcome).reversed()
        }
        return items.popLast()
    }

    private func opened() throws -> FfiPages {
        do {
            return try open()
        } catch FfiError.Failed(let json) {
            throw FileFerryError(record: json)
        }
    }
}
