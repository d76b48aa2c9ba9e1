import Allocations
import Cedar

/// What deciding costs with one plant.
struct Measurement {
    /// Median time of a decision.
    let median: Duration
    /// The time that 99 of 100 decisions stay under.
    let p99: Duration
    /// Calls of the allocator per decision.
    let allocations: Double
    /// How many of the questions were answered with yes.
    let allowed: Int

    /// Decides every question of a plant many times.
    init(_ plant: Plant, rounds: Int) throws {
        let authorizer = Authorizer(try PolicySet(parsing: plant.policies, naming: .annotation("id")))
        let entities = try Entities(plant.entities)
        let workspace = DecisionWorkspace()
        let clock = ContinuousClock()
        var times: [Duration] = []
        times.reserveCapacity(rounds * plant.requests.count)
        var allowed = 0
        // The first round makes room in the workspace.
        for request in plant.requests where authorizer.decide(request, entities, in: workspace) == .allow {
            allowed += 1
        }
        let before = allocations_of_this_thread()
        for _ in 0..<rounds {
            for request in plant.requests {
                let start = clock.now
                _ = authorizer.decide(request, entities, in: workspace)
                times.append(clock.now - start)
            }
        }
        let spent = allocations_of_this_thread() - before
        times.sort()
        self.median = times[times.count / 2]
        self.p99 = times[times.count * 99 / 100]
        self.allocations = Double(spent) / Double(times.count)
        self.allowed = allowed
    }
}

extension Duration {
    /// In microseconds.
    var microseconds: Double {
        Double(self.components.seconds) * 1e6 + Double(self.components.attoseconds) / 1e12
    }
}

/// A number with so many digits after the point.
func rounded(_ number: Double, _ digits: Int = 2) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return String((number * scale).rounded() / scale)
}
