import FileFerry
import Foundation

// Ends at the end of its input, whatever its client is doing then: `idle`, or a call that is under way.
// usage: ExitProbe idle|calling BASE_URL TOKEN

let arguments = CommandLine.arguments
let client = try Keep2Share(
    accessToken: arguments[3], options: ClientOptions(baseURL: arguments[2], onLog: { _ in }))
if arguments[1] == "calling" {
    // Detached, because reading the input keeps the main actor busy.
    Task.detached { _ = try await client.account.accountInfo() }
} else {
    _ = try await client.account.accountInfo()
}
print("ready")
fflush(nil)
while readLine() != nil {}
