import Governance
import Testing

@Suite("Revisions as they travel")
struct PolicyBundleTests {
    @Test("The order in which files are given does not matter; every byte of them does")
    func hash() throws {
        let bundle = try Samples.bundle()
        #expect(try PolicyBundle(Array(bundle.files.reversed())).digest == bundle.digest)
        #expect(bundle.files.map(\.name) == ["scheme.yaml", "rules.cedar", "catalog/press.yaml"])
        for place in bundle.bytes.indices {
            var bytes = bundle.bytes
            bytes[place] ^= 1
            #expect(PolicyBundle(bytes, digest: bundle.digest) == nil, "byte \(place)")
        }
        #expect(PolicyBundle(bundle.bytes, digest: bundle.digest) == bundle)
        #expect(PolicyBundle(bundle.bytes.dropLast(), digest: bundle.digest) == nil)
        // Bytes that were hashed as something else than files are none.
        for bytes in [[1], Array(repeating: 0xFF, count: 8), Array(bundle.bytes.dropLast())] as [[UInt8]] {
            #expect(PolicyBundle(bytes, digest: PolicyDigest(of: bytes)) == nil)
        }
    }

    @Test(
        "A name that is no file of policies is refused",
        arguments: [
            "../scheme.yaml", "/etc/passwd", "catalog/../x.yaml", "catalog/.x.yaml", ".cedar", "a/b.cedar", "x.yaml",
            "catalog/a b.yaml", "catalog/sub/x.yaml", "schema.cedarschema.yaml", "", "tests/x.cedar", "x\0.cedar",
        ]
    )
    func names(name: String) throws {
        #expect(throws: PolicyBundleError.unknownFile(name)) {
            try PolicyBundle([PolicyBundle.File(name: name, text: "")])
        }
    }

    @Test("What comes twice or is too much is refused, and what changed is named")
    func rest() throws {
        let file = PolicyBundle.File(name: "a.cedar", text: "")
        #expect(throws: PolicyBundleError.repeated("a.cedar")) { try PolicyBundle([file, file]) }
        let long = PolicyBundle.File(name: "b.cedar", text: String(repeating: "x", count: PolicyBundle.maximumBytes))
        #expect(throws: PolicyBundleError.tooLong) { try PolicyBundle([long]) }
        #expect(try Samples.bundle(rules: "x").changed(since: try Samples.bundle()) == ["rules.cedar"])
        // Two spellings of one letter are two texts.
        #expect(try Samples.bundle(rules: "\u{E9}").changed(since: try Samples.bundle(rules: "e\u{301}")).count == 1)
        #expect(try Samples.bundle(rules: "\u{E9}").digest != Samples.bundle(rules: "e\u{301}").digest)
    }
}
