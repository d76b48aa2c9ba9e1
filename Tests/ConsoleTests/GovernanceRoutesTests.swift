import Catalog
import Testing

@testable import Console

@Suite("What publishing and granting ask of the policies")
struct GovernanceRoutesTests {
    static let revision = "0123456789abcdef0123456789abcdef"

    @Test(
        "Each route asks its question",
        arguments: [
            ("GET", "/policies", "read", "policy-revisions", nil),
            ("POST", "/policies", "create", "policy-revisions", nil),
            ("GET", "/policies/in-force", "read", "policy-revisions", nil),
            ("GET", "/policies/\(revision)", "read", "policy-revisions", nil),
            ("POST", "/policies/\(revision)/approve", "administer", "policy-revisions", nil),
            ("POST", "/policies/\(revision)\(revision)/approve", "administer", "policy-revisions", nil),
            ("GET", "/grants", "list", "own-grants", nil),
            ("GET", "/grants/all", "list", "all-grants", nil),
            ("POST", "/grants/press4-forces", "administer", "catalog-entry", "press4-forces"),
            ("POST", "/grants/a%20b", "administer", "catalog-entry", "a b"),
            ("DELETE", "/grants/press4-forces/G-0123456789abcdef", "administer", "catalog-entry", "press4-forces"),
        ] as [(String, String, String, String, String?)]
    )
    func questions(method: String, path: String, action: String, kind: String, entry: String?) {
        let wanted = Question(
            action: action,
            resource: ResourceReference(service: Console.service, kind: kind, id: entry)
        )
        #expect(Console.question(method: method, path: "/.stile/api" + path) == wanted)
    }

    @Test(
        "What is none of them is not there",
        arguments: [
            ("GET", "/policies/"), ("GET", "/policies/in-force/approve"), ("POST", "/policies/approve"),
            ("POST", "/policies/in-force/approve"), ("POST", "/policies/\(revision)/approve/x"),
            ("POST", "/policies/\(revision.uppercased())/approve"), ("POST", "/grants"), ("POST", "/grants/"),
            ("POST", "/grants/a/b"), ("POST", "/grants/%FF"), ("DELETE", "/grants/press4-forces"),
            ("DELETE", "/grants/press4-forces/G-0123"), ("DELETE", "/grants/a/b/G-0123456789abcdef"),
            ("GET", "/grants/press4-forces"), ("PUT", "/policies"), ("POST", "/policiesx"),
        ]
    )
    func nothing(method: String, path: String) {
        #expect(Console.question(method: method, path: "/.stile/api" + path) == nil)
    }
}
