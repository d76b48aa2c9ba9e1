import Testing

@testable import HTTP1

@Suite("Field names")
struct FieldNameTests {
    static let known = FieldName.allCases.filter { $0.text.utf8CodeUnitCount > 0 }

    @Test("Every known name is recognised in every case", arguments: Self.known)
    func recognised(name: FieldName) {
        let small = name.text.description
        let mixed = String(
            small.enumerated().map { $0.offset % 2 == 0 ? Character($0.element.uppercased()) : $0.element }
        )
        for spelling in [small, small.uppercased(), mixed] {
            #expect(Self.look(up: spelling) == name, "\(spelling)")
            // The same at the end of a longer buffer and with bytes behind it, as whole words are loaded.
            #expect(Self.look(up: spelling, before: ":xxxxxxxxxx") == name, "\(spelling)")
        }
    }

    @Test("A known name with underscores is disguised", arguments: Self.known)
    func disguised(name: FieldName) {
        let small = name.text.description
        guard small.contains("-") else { return }
        #expect(Self.look(up: small.replacing("-", with: "_")) == .disguised)
        #expect(Self.look(up: small.uppercased().replacing("-", with: "_", maxReplacements: 1)) == .disguised)
    }

    @Test(
        "Any name with an underscore is, since an upstream may know it though we don't",
        arguments: [
            "SCRIPT_NAME", "Script_Name", "PATH_INFO", "a_", "_a", "x_mlflow_workspace", "wsgi.url_scheme",
            "a-name-of-more-than-24-bytes_", "A_NAME_OF_MORE_THAN_24_BYTES", "123456789012345678901234567890_",
        ]
    )
    func unknownWithUnderscore(spelling: String) {
        #expect(Self.look(up: spelling) == .disguised)
        #expect(Self.look(up: spelling.replacing("_", with: "-")) != .disguised)
    }

    @Test(
        "Names by which proxies speak to what is behind them are claims",
        arguments: [
            ("X-Forwarded-Email", .claim), ("X-Forwarded-Path", .claim), ("X-FORWARDED-CLIENT-CERT", .claim),
            ("X-Forwarded-Preferred-Username", .claim), ("X-Original-Method", .claim),
            ("X-Envoy-Original-Path", .claim),
            ("X-Auth-Request-User", .claim), ("X-WEBAUTH-USER", .claim), ("Remote-User", .claim),
            ("Kubeflow-UserID", .claim), ("X-Script-Name", .claim), ("X-Pomerium-Jwt-Assertion", .claim),
            ("X-Forwa", .other), ("X-Authorised", .other), ("Remote-Users", .other), ("X-Schema", .other),
            ("X-MLflow-Run-Id", .other), ("x-amz-security-token-and-more-to-come", .other),
        ] as [(String, FieldName)]
    )
    func claims(spelling: String, kind: FieldName) {
        #expect(Self.look(up: spelling) == kind)
    }

    @Test("A name that differs by one byte is another name", arguments: Self.known)
    func nearMisses(name: FieldName) {
        let bytes = Array(name.text.description.utf8)
        let names = Set(Self.known.map(\.text.description))
        for index in bytes.indices {
            for replacement in "abz09.~^!|`".utf8 where replacement != bytes[index] {
                var other = bytes
                other[index] = replacement
                let spelling = String(decoding: other, as: UTF8.self)
                if !names.contains(spelling) {
                    let found = Self.look(up: spelling)
                    #expect(found == .other || found == .claim && spelling.hasPrefix("x-"), "\(spelling)")
                }
            }
        }
        #expect(Self.look(up: name.text.description + "x") != name)
        #expect(Self.look(up: String(name.text.description.dropLast())) != name)
    }

    @Test(
        "Ours are recognised in every spelling",
        arguments: [
            ("X-Stile-User", .reserved),
            ("x-stile-", .reserved),
            ("X_STILE_USER", .reserved),
            ("x-stile_a-very-long-name-of-more-than-24-bytes", .reserved),
            ("X-Stile", .other),
            ("X-Stil-User", .other),
            ("XX-Stile-User", .other),
        ] as [(String, FieldName)]
    )
    func reserved(spelling: String, kind: FieldName) {
        #expect(Self.look(up: spelling) == kind)
    }

    @Test("A set holds what it was made of")
    func sets() {
        for name in FieldName.allCases {
            for other in FieldName.allCases {
                #expect(FieldSet([name]).contains(other) == (name == other))
                #expect(FieldSet(name) == FieldSet([name]))
            }
        }
        #expect(FieldName.allCases.count <= 64)
    }

    private static func look(up spelling: String, before rest: String = "") -> FieldName {
        let bytes = Array((spelling + rest).utf8)
        return FieldNames.standard.name(of: bytes.span, in: 0..<spelling.utf8.count)
    }
}
