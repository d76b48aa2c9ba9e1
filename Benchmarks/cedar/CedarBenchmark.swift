import Cedar

#if canImport(Glibc)
import Glibc
#endif

/// Measures the policy engine.
///
///     cedar-benchmark                decisions with 10, 100, 1,000 and 10,000 policies, preparing, memory
///     cedar-benchmark export N       one case for another engine to decide: N policies, 250 entities, 1,000 questions with our answers, as JSON
@main
enum CedarBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "export", let count = arguments.dropFirst().first.flatMap({ Int($0) }) {
            print(try Self.exported(policyCount: count))
            return
        }
        for count in [10, 100, 1_000, 10_000] {
            let plant = Plant(policyCount: count)
            let measured = try Measurement(plant, rounds: 20)
            print(
                "\(count) policies: median \(rounded(measured.median.microseconds)) µs, p99 \(rounded(measured.p99.microseconds)) µs, "
                    + "\(rounded(measured.allocations, 4)) allocations per decision, \(measured.allowed) of 1000 allowed"
            )
        }
        try Self.measurePreparing()
    }

    /// The time to read, validate and prepare 10,000 policies, and the memory that they and 100,000 entities take.
    private static func measurePreparing() throws {
        let clock = ContinuousClock()
        let plant = Plant(policyCount: 10_000, entityCount: 100_000)
        let before = residentMegabytes()
        let schema = try Schema(text: plant.schema)
        var set = PolicySet()
        let parsing = try clock.measure { set = try PolicySet(parsing: plant.policies, naming: .annotation("id")) }
        var problems = 0
        let validating = clock.measure { problems = schema.validate(set).count }
        var authorizer: Authorizer?
        let preparing = clock.measure { authorizer = Authorizer(set) }
        var entities = Entities()
        let loading = try clock.measure { entities = try Entities(plant.entities) }
        print(
            "10000 policies: parse \(rounded(parsing.microseconds / 1_000, 1)) ms, validate \(rounded(validating.microseconds / 1_000, 1)) ms "
                + "(\(problems) problems), prepare \(rounded(preparing.microseconds / 1_000, 1)) ms; "
                + "\(entities.count) entities: \(rounded(loading.microseconds / 1_000, 1)) ms"
        )
        print(
            "memory with both: \(residentMegabytes()) MB resident, \(before) MB of them before reading (the plant itself)"
        )
        withExtendedLifetime((authorizer, entities)) {}
    }

    private static func residentMegabytes() -> Int {
        // The second number of /proc/self/statm is the resident pages.
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard unsafe fgets(&line, 128, file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4_096 / 1_048_576
    }

    private static func exported(policyCount: Int) throws -> String {
        let plant = Plant(policyCount: policyCount)
        let authorizer = Authorizer(try PolicySet(parsing: plant.policies, naming: .annotation("id")))
        let entities = try Entities(plant.entities)
        let requests = plant.requests.map { request in
            JSON.object([
                ("decision", .string(authorizer.decide(request, entities).decision.rawValue)),
                ("principal", JSON(request.principal)), ("action", JSON(request.action)),
                ("resource", JSON(request.resource)),
                ("context", JSON(.record(request.context))),
            ])
        }
        return JSON.object([
            ("policies", .string(plant.policies)), ("entities", .array(plant.entities.map { JSON($0) })),
            ("requests", .array(requests)),
        ]).text()
    }
}
