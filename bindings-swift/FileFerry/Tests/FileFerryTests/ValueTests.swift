import Foundation
import Testing

@testable import FileFerry

@Suite struct JSONValueTests {
    @Test(arguments: [
        (#"{"a":[1,-2,3.5,true,null],"b":"x"}"#, #"{"a":[1,-2,3.5,true,null],"b":"x"}"#),
        (#" "\u00e9\ud83d\ude00\n\"\\/" "#, #""é😀\n\"\\/""#),
        (#""\ud800""#, "\"\u{FFFD}\""),
        ("9007199254740993", "9007199254740993"),
        ("[]", "[]"), ("{}", "{}"),
    ])
    func readsAndWrites(text: String, written: String) throws {
        #expect(try JSONValue(jsonText: text).jsonText == written)
    }

    @Test(arguments: ["", "{", "[1,]", "nul", "1 2", #"{"a" 1}"#, #""\x""#, String(repeating: "[", count: 200)])
    func refuses(text: String) {
        #expect(throws: FileFerryError.self) { try JSONValue(jsonText: text) }
    }

    @Test func passesThroughAnyCoder() throws {
        let value: JSONValue = ["a": [1, 2.5, "x", nil, true], "b": ["c": [:]]]
        let coded = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: coded) == value)
        #expect(value["a"]?[2] == "x")
        #expect(value["a"]?[9] == nil)
    }
}

@Suite struct TimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_650_758_400_000_000, "2022-04-24T00:00:00Z"),
            (951_782_400_123_456, "2000-02-29T00:00:00.123456Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (253_402_300_799_000_000, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)])
    func instantsKeepMicroseconds(microseconds: Int64, text: String) {
        let date = ISOTime.date(microsecondsSince1970: microseconds)
        #expect(ISOTime.text(date) == text)
        #expect(ISOTime.instant(text).map(ISOTime.microsecondsSince1970) == microseconds)
    }

    @Test func zonesAreTakenOff() {
        #expect(ISOTime.instant("2024-05-01T12:00:00+02:00") == ISOTime.instant("2024-05-01T10:00:00Z"))
        #expect(ISOTime.instant("2024-05-01T12:00:00-0330") == ISOTime.instant("2024-05-01T15:30:00Z"))
        #expect(ISOTime.instant("2024-05-01T12:00:00") == nil)
        #expect(ISOTime.instant("noon") == nil)
    }

    @Test func localTimesStayNaive() throws {
        let time = try #require(LocalTime("2020-01-31 08:05:09.25"))
        #expect(time.description == "2020-01-31T08:05:09.25")
        #expect(time == LocalTime(year: 2020, month: 1, day: 31, hour: 8, minute: 5, second: 9, microsecond: 250_000))
        #expect(time < LocalTime(year: 2020, month: 2, day: 1))
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let date = try #require(time.date(in: berlin))
        #expect(abs(date.timeIntervalSince1970 - 1_580_454_309.25) < 0.001)
        for wrong in ["2020-13-01T00:00:00", "2020-01-01", "2020-01-01T25:00:00", "x"] {
            #expect(LocalTime(wrong) == nil)
        }
    }
}

@Suite struct ModelTests {
    private let listing = """
        {"id": "a1", "name": "movie.avi", "size": 5, "is_folder": false, "date_created": "2020-01-01T00:00:00",
         "extended_info": {"access": "premium", "abuses": [{"type": "hash", "projects": ["k2s"]}], "downloads": 7},
         "extra": {"new": {"deep": [1, "x"]}}}
        """

    @Test func readsTheLibrarysTape() throws {
        let file = try Keep2Share.File.throughTheLibrary(listing)
        #expect(file.id == "a1")
        #expect(file.size == 5)
        #expect(file.isFolder == false)
        #expect(file.isAvailable == nil)
        #expect(file.dateCreated == LocalTime(year: 2020, month: 1, day: 1))
        #expect(file.extendedInfo?.access == .premium)
        #expect(file.extendedInfo?.abuses?.first?.projects == ["k2s"])
        #expect(file.extra == ["new": ["deep": [1, "x"]]])
    }

    @Test func plainDataIsTheLibrarysOwn() throws {
        let file = try Keep2Share.File.throughTheLibrary(listing)
        #expect(try JSONValue(jsonText: listing) == file.plain)
    }

    @Test func jsonComesBackEqual() throws {
        let file = try Keep2Share.File.throughTheLibrary(listing)
        let decoded = try JSONDecoder().decode(Keep2Share.File.self, from: JSONEncoder().encode(file))
        #expect(decoded == file)
        #expect(decoded.hashValue == file.hashValue)
        var other = decoded
        other.extra["new"] = nil
        #expect(other != file)
    }

    @Test func misfitsSayWhere() async {
        let error = await fileFerryError {
            _ = try Keep2Share.File(plain: ["id": "a", "extended_info": ["abuses": [["type": 5]]]])
        }
        #expect(error?.kind == .invalidArgument)
        #expect(error?.details.jsonPath == "$.extended_info.abuses[0].type")
    }

    @Test func unknownWordsAreKept() throws {
        let info = try Keep2Share.ExtendedInfo(plain: ["access": "friends", "storage_object": "available"])
        #expect(info.access == "friends")
        #expect(info.access?.rawValue == "friends")
        #expect(info.storageObject == .available)
    }

    @Test func printsWithoutSecretsAndAbsentFields() throws {
        let login = Keep2Share.LoginResult(authToken: "s3cr3t")
        #expect(!printed(login).contains("s3cr3t"))
        #expect("\(login)" == "LoginResult(authToken: ***)")
        let file = Keep2Share.File(id: "a1", size: 5, extra: ["token": "s3cr3t"])
        #expect("\(file)" == #"File(id: "a1", size: 5, extra: ["token"])"#)
        #expect(!printed(file).contains("s3cr3t"))
    }
}

@Suite struct FieldTests {
    @Test func hasThreeStates() {
        var arguments = Arguments()
        arguments.set("left_out", Field<String>.omitted)
        arguments.set("null", Field<String>.null)
        arguments.set("value", "x" as Field<String>)
        arguments.set("number", 5 as Field<Int64>)
        #expect(String(decoding: arguments.data, as: UTF8.self) == #"{"null":null,"number":5,"value":"x"}"#)
    }
}

@Suite struct ErrorRecordTests {
    @Test func keepsAllFields() throws {
        let record = """
            {"kind":"captcha_required","service":"keep2share","operation":"auth.login","service_code":"30","name":"x",
             "http_status":406,"message":"m","retryable":true,"retry_after_ms":1500,"attempts":2,"details":{
             "captcha":{"kind":"image","challenge":"c","url":null},"sub_errors":[{"code":"5","message":null,"wait_ms":9}],
             "items":[{"id":"a","index":3,"ok":false,"code":null,"message":"no"}],"json_path":"$.a"},"causes":["one"]}
            """
        let error = FileFerryError(record: record)
        #expect(try JSONValue(jsonText: record) == error.plain)
        #expect(error.kind == .captchaRequired)
        #expect(error.retryAfter == 1.5)
        #expect(error.details.items.first?.index == 3)
        #expect(error.description == "m: one")
        #expect(error.localizedDescription == "m: one")
        let decoded = try JSONDecoder().decode(FileFerryError.self, from: JSONEncoder().encode(error))
        #expect(decoded == error)
    }

    @Test func anUnreadableRecordIsInternal() {
        #expect(FileFerryError(record: "{").kind == .internal)
    }
}
