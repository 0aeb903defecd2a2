// What calls cost a program of the Swift package. `start` is timed from outside; `border [quick]` prints what it took.

import FileFerry
import Foundation

let environment = ProcessInfo.processInfo.environment
let baseURL = environment["FILEFERRY_BASE_URL"] ?? ""
let total = environment["FILEFERRY_TOTAL"].flatMap(Int64.init) ?? 0
let k2s = try Keep2Share(accessToken: "key", options: ClientOptions(baseURL: baseURL, rate: 0))

if CommandLine.arguments.contains("start") {
    _ = try await k2s.account.accountInfo()
} else {
    let rounds = Rounds(quick: CommandLine.arguments.contains("quick"))
    let traps = try Traps()
    try await rounds.time("nothing", items: rounds.calls) {
        for _ in 0..<rounds.calls { _ = try await traps.answers.link(name: "x") }
    }
    try await rounds.time("error", items: rounds.calls) {
        for _ in 0..<rounds.calls {
            do {
                _ = try await k2s.files.getFilesList(limit: 0)
            } catch let error as FileFerryError where error.kind == .invalidArgument {}
        }
    }
    try await rounds.time("listing", items: records) {
        let files = try await k2s.files.getFilesList(limit: Int64(records), extendedInfo: true).files
        precondition(files.reduce(0) { $0 + ($1.size ?? 0) } == total)
    }
    try await otherWay(rounds, baseURL: baseURL, total: total)
}
k2s.close()
