import SecurityLabels
import Testing

@Suite("Relaxations")
struct RelaxationsTests {
    @Test("Mildest first: categories one by one, then together, then a level")
    func order() throws {
        let label = try World.scheme.label(marking: "internal//a,b")
        #expect(
            World.scheme.relaxations(of: label).map(\.label.marking)
                == ["internal//b", "internal//a", "internal", "public//a,b", "public//b", "public//a", "public"]
        )
    }

    @Test("A floor is never relaxed")
    func floors() throws {
        let label = try World.scheme.label(marking: "internal//a,c")
        #expect(
            World.scheme.relaxations(of: label).map(\.label.marking)
                == ["internal//c", "public//a,c", "public//c"]
        )
    }

    @Test("A label at the bottom has no relaxation")
    func bottom() throws {
        for marking in ["public", "public//c"] {
            let relaxations = World.scheme.relaxations(of: try World.scheme.label(marking: marking))
            #expect(Array(relaxations).isEmpty && relaxations.total == 0 && relaxations.deepest == nil)
        }
    }

    @Test("Exactly the labels between the two are made, once each, floors kept")
    func complete() {
        for label in World.everyLabel {
            for clearance in World.everyLabel {
                let meet = label.met(with: clearance)
                let relaxations = World.scheme.relaxations(of: label, downTo: meet)
                let made = relaxations.map(\.label)
                let between = World.everyLabel.filter {
                    $0 != label && label.dominates($0) && $0.dominates(meet)
                        && $0.categories.isSuperset(of: label.categories.intersection(World.scheme.floors))
                }
                #expect(Set(made) == Set(between) && made.count == between.count && made.count == relaxations.total)
                #expect(relaxations.deepest == nil ? made.isEmpty : relaxations.deepest?.label == made.last)
            }
        }
    }

    @Test("The order is total and agrees with inclusion")
    func linearExtension() {
        for label in World.everyLabel {
            let relaxations = Array(World.scheme.relaxations(of: label))
            for (place, milder) in relaxations.enumerated() {
                for harsher in relaxations.dropFirst(place + 1) {
                    #expect(milder.isMilder(than: harsher) && !harsher.isMilder(than: milder))
                    #expect(!harsher.isIncluded(in: milder))
                    #expect(milder.isIncluded(in: harsher) == milder.label.dominates(harsher.label))
                }
            }
        }
    }

    @Test("One step back gives up exactly one thing less")
    func oneStepBack() {
        for label in World.everyLabel {
            let relaxations = World.scheme.relaxations(of: label)
            for relaxation in relaxations {
                let expected = relaxations.filter {
                    $0.isIncluded(in: relaxation)
                        && $0.levelsLowered + $0.dropped.count + 1 == relaxation.levelsLowered
                            + relaxation.dropped.count
                }
                #expect(Set(relaxations.oneStepBack(from: relaxation)) == Set(expected))
            }
        }
    }

    @Test("A label with sixty categories costs only what is asked of it")
    func lazy() throws {
        let names = (0..<60).map { "c\($0)" }
        let definitions = Dictionary(uniqueKeysWithValues: names.map { ($0, CategoryDefinition(title: $0)) })
        let scheme = try Scheme(levels: ["low", "high"], categories: definitions)
        let label = try scheme.label(marking: "high//" + names.joined(separator: ","))
        let relaxations = scheme.relaxations(of: label)
        #expect(relaxations.total == (1 << 61) - 1)
        #expect(relaxations.prefix(61).map(\.dropped.count) == Array(repeating: 1, count: 60) + [2])
        #expect(relaxations.deepest?.label.marking == "low")
    }
}
