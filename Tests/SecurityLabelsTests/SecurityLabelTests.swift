import SecurityLabels
import Testing

@Suite("Security labels")
struct SecurityLabelTests {
    @Test(
        "Dominance needs the level and every category",
        arguments: [
            // clearance, resource, may read
            ("internal", "internal", true),
            ("confidential", "internal", true),
            ("internal", "confidential", false),
            ("confidential//a,b", "confidential//a", true),
            ("confidential//a", "confidential//a,b", false),
            ("confidential", "public//a", false),  // rank never buys need-to-know
            ("internal//a", "internal//b", false),  // incomparable, both ways
            ("internal//b", "internal//a", false),
        ]
    )
    func dominance(clearance: String, resource: String, mayRead: Bool) throws {
        let clearance = try World.scheme.label(marking: clearance)
        #expect(clearance.dominates(try World.scheme.label(marking: resource)) == mayRead)
    }

    @Test("Dominance is a partial order")
    func partialOrder() {
        let labels = World.everyLabel
        for a in labels {
            #expect(a.dominates(a))
            for b in labels where a.dominates(b) {
                #expect(a == b || !b.dominates(a))
                for c in labels where b.dominates(c) { #expect(a.dominates(c)) }
            }
        }
    }

    @Test("The join is the least label above both, the meet the greatest below both")
    func lattice() {
        let labels = World.everyLabel
        for a in labels {
            for b in labels {
                let (join, meet) = (a.joined(with: b), a.met(with: b))
                #expect(join == b.joined(with: a) && meet == b.met(with: a))
                #expect(join.dominates(a) && join.dominates(b) && a.dominates(meet) && b.dominates(meet))
                for c in labels {
                    #expect(!(c.dominates(a) && c.dominates(b)) || c.dominates(join))
                    #expect(!(a.dominates(c) && b.dominates(c)) || meet.dominates(c))
                }
            }
        }
    }

    @Test("A marking lists categories in alphabetical order")
    func marking() throws {
        #expect(try World.scheme.label(marking: "internal//b,a").marking == "internal//a,b")
        #expect(try World.scheme.label(marking: "internal").marking == "internal")
    }
}
