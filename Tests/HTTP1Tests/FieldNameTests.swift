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
                    #expect(Self.look(up: spelling) == .other, "\(spelling)")
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
