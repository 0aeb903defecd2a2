import Foundation
import Testing

@testable import FileFerry

/// The description made of traps: reserved words, colliding names, models that contain themselves, every type. It needs a
/// library that was built for tests, with the services that only they have.
@Suite struct TrapTests {
    @Test func everyTypeComesThroughTheTape() throws {
        let plain = """
            {"must": "x", "yes_no": true, "whole": -5, "big": 9007199254740993, "real": 0.5, "money": "12.345",
             "words": "é😀", "colour": "light-green", "level": "high", "seconds": "2022-04-24T00:00:00Z",
             "millis": "2022-04-24T00:00:00.125Z", "local": "2020-01-01T00:00:00.5", "anything": {"a": [1, null, "x"]},
             "list": [1, 2], "holes": ["a", null], "one_or_more": [{"name": "one"}], "by_key": [],
             "map": {"a b": 1}, "map_or_list": {"k": {"name": "two", "count": 2}},
             "pair": ["p", 7, {"name": "three"}], "short": {"name": "four"}, "renamed": "r", "hidden": "s3cr3t",
             "child": {"must": "y", "child": {"must": "z"}}, "children": [{"must": "c"}],
             "nested": {"n": [[{"name": "five"}], []]}, "extra": {"new": 1}}
            """
        let shapes = try Traps.Shapes.throughTheLibrary(plain, service: "traps")
        #expect(try JSONValue(jsonText: plain) == shapes.plain)
        #expect(shapes.big == 9_007_199_254_740_993)
        #expect(shapes.money == Decimal(string: "12.345"))
        #expect(shapes.colour == .lightGreen)
        #expect(shapes.millis?.timeIntervalSince1970 == 1_650_758_400.125)
        #expect(shapes.local == LocalTime(year: 2020, month: 1, day: 1, microsecond: 500_000))
        #expect(shapes.holes == ["a", nil])
        #expect(shapes.pair == Tuple3("p", 7, Traps.Item(name: "three")))
        #expect(shapes.child?.child?.must == "z")
        #expect(shapes.nested?["n"]?.first?.first?.name == "five")
        #expect(!printed(shapes).contains("s3cr3t"))
        let decoded = try JSONDecoder().decode(Traps.Shapes.self, from: JSONEncoder().encode(shapes))
        #expect(decoded == shapes)
        #expect(Set([decoded, shapes]).count == 1)
    }

    @Test func reservedWordsAreNames() throws {
        let plain = #"{"class":"a","in":5,"self":"b","extra":"c","description":"d","2nd":"e","_extra":{"new":[1]}}"#
        let trapped = try Traps.Self_.throughTheLibrary(plain, as: "Self", service: "traps")
        #expect(try JSONValue(jsonText: plain) == trapped.plain)
        #expect(trapped.class == "a")
        #expect(trapped.in == 5)
        #expect(trapped.self_ == "b")
        #expect(trapped.extra_ == "c")
        #expect(trapped.extra == ["new": [1]])
        #expect(trapped._2nd == "e")
    }

    @Test func modelsMayContainThemselves() throws {
        let plain = #"{"root":{"leaf":"a","tree":{"branches":[{"leaf":"b"}]}}}"#
        var tree = try Traps.Tree.throughTheLibrary(plain, service: "traps")
        #expect(tree.root?.tree?.branches?.first?.leaf == "b")
        #expect("\(tree)" == #"Tree(root: Branch(tree: Tree(branches: [Branch(leaf: "b")]), leaf: "a"))"#)
        tree.root?.tree = nil
        #expect(tree == Traps.Tree(root: Traps.Branch(leaf: "a")))
    }

    @Test(arguments: [
        (#"{"Created":{"name":"n"}}"#, Traps.OneOfAnswer.created(Traps.Item(name: "n"))),
        (#"{"Progress":{"progress":0.5}}"#, .progress(Traps.Progress(progress: 0.5))),
        (#"{"Empty":null}"#, .empty),
        (#"{"Other":{"must":"m"}}"#, .other(Traps.Shapes(must: "m"))),
    ])
    func answersAreToldApart(plain: String, expected: Traps.OneOfAnswer) throws {
        let answer = try Traps.OneOfAnswer.throughTheLibrary(plain, service: "traps")
        #expect(answer == expected)
        #expect(try JSONValue(jsonText: plain) == answer.plain)
    }

    @Test func enumsPrintTheirCase() {
        #expect("\(Traps.OneOfAnswer.created(Traps.Item(name: "n")))" == #"OneOfAnswer.Created(Item(name: "n"))"#)
        #expect("\(Traps.OneOfAnswer.empty)" == "OneOfAnswer.Empty")
    }
}
