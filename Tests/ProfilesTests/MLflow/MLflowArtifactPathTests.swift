import Testing

@testable import Profiles

@Suite("Whose artifacts a path or a source leads to")
struct MLflowArtifactPathTests {
    @Test(
        "A path belongs to one run, logged model or trace",
        arguments: [
            ("1/r1/artifacts", .run("r1"), "1/r1/artifacts"),
            ("1/r1/artifacts/a b/ä.txt", .run("r1"), "1/r1/artifacts"),
            ("1/models/m-1/artifacts/MLmodel", .loggedModel("m-1"), "1/models/m-1/artifacts"),
            ("1/traces/tr-1/artifacts", .trace("tr-1"), "1/traces/tr-1/artifacts"),
            ("elsewhere/r1/artifacts/artifacts", .run("r1"), "elsewhere/r1/artifacts"),
        ] as [(String, MLflowArtifactPath.Owner, String)]
    )
    func owner(path: String, owner: MLflowArtifactPath.Owner, root: String) {
        #expect(MLflowArtifactPath(path)?.owner == owner)
        #expect(MLflowArtifactPath(path)?.root == root)
    }

    @Test(
        "A path that belongs to nobody, or to many, is none",
        arguments: [
            "", "1", "1/r1", "1/r1/other", "1/models/artifacts", "1/traces/artifacts", "1/models/m-1/other/artifacts",
            "1/r 1/artifacts", "/1/r1/artifacts", "1/r1/artifacts/", "1/r1/artifacts//a", "1/r1/artifacts/./a",
            "1/r1/artifacts/..", "../1/r1/artifacts", "1/r1/artifacts/a%41", #"1/r1/artifacts\a"#,
            "1/r1/artifacts/a\u{0}",
            "c:/r1/artifacts", "1/../artifacts", "1/other/m-1/artifacts",
            // A slash with a combining character or a joiner behind it is a slash.
            "1/r1/artifacts/../\u{301}a", "1/r1/artifacts/../\u{200D}a", "1/\u{301}r1/artifacts",
        ]
    )
    func nobody(path: String) {
        #expect(MLflowArtifactPath(path) == nil)
    }

    @Test(
        "A place lies in a root only segment by segment",
        arguments: [
            ("s3://b/1/r1/artifacts", "s3://b/1/r1/artifacts", true),
            ("s3://b/1/r1/artifacts/model", "s3://b/1/r1/artifacts", true),
            ("s3://b/1/r1/artifacts-too", "s3://b/1/r1/artifacts", false),
            ("s3://b/1/r1/artifacts/", "s3://b/1/r1/artifacts", false),
            ("s3://b/1/r1/artifacts/../x", "s3://b/1/r1/artifacts", false),
            ("s3://b/1/r1/artifacts/../\u{301}x", "s3://b/1/r1/artifacts", false),
            ("s3://b/1/r1/artifacts/a/..", "s3://b/1/r1/artifacts", false),
            ("s3://b/1/r1/artifacts/a/..\u{301}", "s3://b/1/r1/artifacts", true),
            ("s3://b/1/r1/artifacts/%2e%2e/x", "s3://b/1/r1/artifacts", false),
            ("s3://b/1/r1", "s3://b/1/r1/artifacts", false),
            ("anything", "", false),
        ]
    )
    func contains(place: String, root: String, expected: Bool) {
        #expect(MLflowArtifactPath.contains(place, in: root) == expected)
    }

    @Test(
        "A source leads to one thing, or is none",
        arguments: [
            ("runs:/r1/model", .run("r1")),
            ("runs:/r1", .run("r1")),
            ("models:/m-1", .loggedModel("m-1")),
            ("models:/press/3", .modelVersion("press", "3")),
            ("dummy-source", .prompt),
            ("prompt-template", .prompt),
            ("s3://b/x", .place("s3://b/x")),
            ("runs:/../x", nil), ("runs:/r1/../r2/model", nil), ("runs:///r1/model", nil), ("runs:/r 1/model", nil),
            ("models:/press/Production", nil), ("models:/press@champion", nil), ("models:/press", nil),
            ("runs:/r1/../\u{301}r2", nil), ("runs:/r1/\u{301}", .run("r1")),
            ("models:/press/\u{301}s/3", nil),
            ("models:/press/03", nil), ("models:/press/3/more", nil), ("models:/m-1/../m-2", nil),
            ("models:/pr%65ss/3", nil), ("models:///m-1", nil), ("", nil),
        ] as [(String, MLflowModelSource?)]
    )
    func source(text: String, expected: MLflowModelSource?) {
        #expect(MLflowModelSource(text) == expected)
    }

    @Test(
        "An id has one spelling",
        arguments: [
            ("0", true), ("1", true), ("9223372036854775807", true), ("01", false), ("", false), ("-1", false),
            ("+1", false), (" 1", false), ("1_0", false), ("١", false), ("1.0", false), ("12345678901234567890", false),
        ]
    )
    func number(text: String, expected: Bool) {
        #expect(MLflowIdentifier.isNumber(text) == expected)
    }
}
