// The same listing as a program would else read it: `URLSession`, `JSONDecoder` and `Codable` structs.

import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

private struct Listing: Decodable {
    let files: [File]
}

private struct File: Decodable {
    let id: String
    let name: String?
    let isAvailable: Bool?
    let isFolder: Bool?
    let dateCreated: Date?
    let size: Int64?
    let md5: String?
    let extendedInfo: ExtendedInfo?

    enum CodingKeys: String, CodingKey {
        case id, name, size, md5
        case isAvailable = "is_available"
        case isFolder = "is_folder"
        case dateCreated = "date_created"
        case extendedInfo = "extended_info"
    }
}

private struct ExtendedInfo: Decodable {
    let abuses: [String]?
    let storageObject: Word?
    let size: Int64?
    let dateDownloadLast: Date?
    let downloads: Int64?
    let access: Word?
    let contentType: String?

    enum CodingKeys: String, CodingKey {
        case abuses, size, downloads, access
        case storageObject = "storage_object"
        case dateDownloadLast = "date_download_last"
        case contentType = "content_type"
    }
}

/// An enum that takes words of tomorrow.
private struct Word: RawRepresentable, Decodable {
    let rawValue: String
}

/// Times fetching and reading, then reading alone.
func otherWay(_ rounds: Rounds, baseURL: String, total: Int64) async throws {
    let times = DateFormatter()
    times.locale = Locale(identifier: "en_US_POSIX")
    times.timeZone = TimeZone(identifier: "UTC")
    times.dateFormat = "yyyy-MM-dd HH:mm:ss"
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .formatted(times)
    guard let url = URL(string: "\(baseURL)/getFilesList") else { fatalError("no address: \(baseURL)") }
    var request = URLRequest(url: url)
    request.httpMethod = "POST"
    request.httpBody = Data(#"{"limit": 10000}"#.utf8)

    func check(_ answer: Data) throws {
        let files = try decoder.decode(Listing.self, from: answer).files
        precondition(files.reduce(0) { $0 + ($1.size ?? 0) } == total)
    }

    try await rounds.time("other", items: records) { try check(try await fetch(request)) }
    let answer = try await fetch(request)
    try await rounds.time("other_reading", items: records) { try check(answer) }
}

private func fetch(_ request: URLRequest) async throws -> Data {
    try await URLSession.shared.data(for: request).0
}
