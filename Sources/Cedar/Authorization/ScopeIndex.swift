/// Finds the policies whose scope asks for the right principal and resource, without trying the others.
///
/// Policies lie in buckets, one for each pair of what they ask of the principal and of the resource. A request satisfies a few keys on each
/// side; only buckets at their crossings are opened.
struct ScopeIndex: Sendable {
    /// The policies that ask for one pair of keys.
    struct Bucket: Sendable {
        let resourceKey: Int32
        let policies: [Int32]
    }

    /// Buckets by the key of the principal.
    private let rows: [[Bucket]]
    /// Where in its row a bucket lies, for rows too long to walk along.
    private let places: [UInt64: Int32]

    /// Walking a row of this many times the keys of the request costs as much as looking the keys up.
    private static let walkLimit = 12

    /// Sorts policies into buckets.
    ///
    /// - Parameters:
    ///   - keys: The keys of each policy, in the order of policies.
    ///   - principalKeyCount: How many keys of principals there are.
    init(_ keys: [(principal: Int32, resource: Int32)], principalKeyCount: Int32) {
        var policies: [UInt64: [Int32]] = [:]
        for (policy, pair) in keys.enumerated() {
            policies[Self.place(pair.principal, pair.resource), default: []].append(Int32(policy))
        }
        var rows: [[Bucket]] = Array(repeating: [], count: Int(principalKeyCount))
        var places: [UInt64: Int32] = [:]
        for (place, members) in policies.sorted(by: { $0.key < $1.key }) {
            let row = Int(place >> 32)
            places[place] = Int32(rows[row].count)
            rows[row].append(Bucket(resourceKey: Int32(truncatingIfNeeded: place), policies: members))
        }
        self.rows = rows
        self.places = places
    }

    /// Calls `body` with every policy whose keys the request satisfies.
    @inline(__always)
    func forEachCandidate(_ workspace: DecisionWorkspace, _ body: (Int32) -> Void) {
        let resourceKeys = workspace.resourceKeys
        for principalKey in workspace.principalKeys {
            let row = self.rows[Int(principalKey)]
            if row.count <= resourceKeys.count * Self.walkLimit {
                for bucket in row where workspace.hasResourceKey(bucket.resourceKey) {
                    for policy in bucket.policies { body(policy) }
                }
            } else {
                for resourceKey in resourceKeys {
                    guard let index = self.places[Self.place(principalKey, resourceKey)] else { continue }
                    for policy in row[Int(index)].policies { body(policy) }
                }
            }
        }
    }

    private static func place(_ principalKey: Int32, _ resourceKey: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: principalKey)) << 32 | UInt64(UInt32(bitPattern: resourceKey))
    }
}
