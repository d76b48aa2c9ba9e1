import Profiles

/// The laws of strict JSON.
enum JSONLaws {
    /// Checks one input; see ``ProfileLaws``.
    static func violation(by bytes: [UInt8]) -> String? {
        guard let document = try? JSONDocument(bytes) else { return nil }
        let root = document.root
        guard let plain = JSONOracle.read(bytes) else { return "a lenient reader refuses what the strict one takes" }
        guard plain == JSONOracle.value(of: root) else { return "a lenient reader reads something else" }
        // Cut every other element of every array: what is left is JSON, and has the others.
        var removed: [JSONValue] = []
        let expected = Self.halved(root, removing: &removed)
        guard let left = try? JSONDocument(document.removing(removed)) else { return "what is cut is no JSON" }
        return JSONOracle.value(of: left.root) == expected ? nil : "cutting took or left something else"
    }

    /// A value without every other element of its arrays.
    private static func halved(_ value: JSONValue, removing removed: inout [JSONValue]) -> JSONOracle {
        if let elements = value.elements {
            var kept: [JSONOracle] = []
            for (position, element) in elements.enumerated() {
                if position % 2 == 0 {
                    removed.append(element)
                } else {
                    kept.append(Self.halved(element, removing: &removed))
                }
            }
            return .array(kept)
        }
        if let members = value.members {
            var kept: [JSONOracle.Member] = []
            for member in members {
                kept.append(JSONOracle.Member(Array(member.name.utf8), Self.halved(member.value, removing: &removed)))
            }
            return .object(kept)
        }
        return JSONOracle.value(of: value)
    }
}
