import DecisionLog
import GRDB

/// What repeats, by number: verdicts, persons and flips.
///
/// All of it is in memory too: a company has thousands of people and things, not millions, and a query decides in
/// memory which verdicts it is about before it touches a row. Number 0 stands for "none".
struct Vocabulary: Sendable {
    private(set) var verdicts: [Verdict] = []
    private(set) var persons: [RecordedPerson?] = []
    private(set) var flips: [String] = []
    private var verdictNumbers: [Verdict: Int64] = [:]
    private var personNumbers: [RecordedPerson: Int64] = [:]
    private var flipNumbers: [String: Int64] = [:]
    /// How many are in the database already.
    private var stored = (verdicts: 0, persons: 0, flips: 0)
    /// Names that nobody has are kept up to this many, or guessing would fill the memory; the log has them all.
    private static let maximumUnknownNames = 10_000
    private var unknownNames = 0
    /// Objects seen lately, held so that no other can have their identity.
    private var seenVerdicts: [ObjectIdentifier: (object: Shared<Verdict>, number: Int64)] = [:]
    private var seenPersons: [ObjectIdentifier: (object: Shared<RecordedPerson>, number: Int64)] = [:]
    private static let maximumSeen = 20_000

    init() {}

    /// Reads everything.
    init(_ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "SELECT * FROM verdicts ORDER BY id") {
            let verdict = try VerdictColumns.verdict(row)
            self.verdicts.append(verdict)
            self.verdictNumbers[verdict] = Int64(self.verdicts.count)
        }
        for row in try Row.fetchAll(db, sql: "SELECT * FROM persons ORDER BY id") {
            let person = RecordedPerson(
                id: row["stable"],
                name: row["name"],
                clearance: row["clearance"],
                authentication: row["authentication"]
            )
            self.persons.append(person == RecordedPerson() ? nil : person)
            self.personNumbers[person] = Int64(self.persons.count)
            if person.id == nil { self.unknownNames += 1 }
        }
        for row in try Row.fetchAll(db, sql: "SELECT label FROM flips ORDER BY id") {
            self.flips.append(row[0])
            self.flipNumbers[row[0]] = Int64(self.flips.count)
        }
        self.stored = (self.verdicts.count, self.persons.count, self.flips.count)
    }

    /// The number of a verdict that many entries share, by its identity when it was seen before.
    mutating func number(of verdict: Shared<Verdict>) -> Int64 {
        if let known = self.seenVerdicts[ObjectIdentifier(verdict)] { return known.number }
        let number = self.number(of: verdict.value)
        if self.seenVerdicts.count >= Self.maximumSeen { self.seenVerdicts.removeAll() }
        self.seenVerdicts[ObjectIdentifier(verdict)] = (verdict, number)
        return number
    }

    /// The number of a person that many entries share, by its identity when it was seen before.
    mutating func number(of person: Shared<RecordedPerson>?) -> Int64 {
        guard let person else { return 0 }
        if let known = self.seenPersons[ObjectIdentifier(person)] { return known.number }
        let number = self.number(of: person.value)
        if self.seenPersons.count >= Self.maximumSeen { self.seenPersons.removeAll() }
        self.seenPersons[ObjectIdentifier(person)] = (person, number)
        return number
    }

    private mutating func number(of verdict: Verdict) -> Int64 {
        if let number = self.verdictNumbers[verdict] { return number }
        self.verdicts.append(verdict)
        self.verdictNumbers[verdict] = Int64(self.verdicts.count)
        return Int64(self.verdicts.count)
    }

    private mutating func number(of person: RecordedPerson) -> Int64 {
        var person = person
        if let number = self.personNumbers[person] { return number }
        if person.id == nil {
            if self.unknownNames >= Self.maximumUnknownNames { person.name = nil }
            if let number = self.personNumbers[person] { return number }
            self.unknownNames += 1
        }
        self.persons.append(person)
        self.personNumbers[person] = Int64(self.persons.count)
        return Int64(self.persons.count)
    }

    mutating func number(ofFlip label: String?) -> Int64 {
        guard let label else { return 0 }
        if let number = self.flipNumbers[label] { return number }
        self.flips.append(label)
        self.flipNumbers[label] = Int64(self.flips.count)
        return Int64(self.flips.count)
    }

    func verdict(_ number: Int64) -> Verdict? {
        self.verdicts.indices.contains(Int(number) - 1) ? self.verdicts[Int(number) - 1] : nil
    }

    func person(_ number: Int64) -> RecordedPerson? {
        self.persons.indices.contains(Int(number) - 1) ? self.persons[Int(number) - 1] : nil
    }

    func flip(_ number: Int64) -> String? {
        self.flips.indices.contains(Int(number) - 1) ? self.flips[Int(number) - 1] : nil
    }

    var hasNews: Bool {
        self.stored != (self.verdicts.count, self.persons.count, self.flips.count)
    }

    /// Writes what is new.
    mutating func store(_ db: Database) throws {
        for number in self.stored.verdicts..<self.verdicts.count {
            try VerdictColumns.insert(self.verdicts[number], as: Int64(number + 1), db)
        }
        for number in self.stored.persons..<self.persons.count {
            let person = self.persons[number]
            try db.execute(
                sql: "INSERT OR REPLACE INTO persons VALUES (?, ?, ?, ?, ?)",
                arguments: [number + 1, person?.id, person?.name, person?.clearance, person?.authentication]
            )
        }
        for number in self.stored.flips..<self.flips.count {
            try db.execute(
                sql: "INSERT OR REPLACE INTO flips VALUES (?, ?)",
                arguments: [number + 1, self.flips[number]]
            )
        }
        self.stored = (self.verdicts.count, self.persons.count, self.flips.count)
    }

    /// Takes a person out; the numbers stay, and stand for nobody.
    ///
    /// - Returns: The numbers.
    mutating func forget(person id: String) -> [Int64] {
        var numbers: [Int64] = []
        self.seenPersons.removeAll()
        for (place, person) in self.persons.enumerated() {
            guard let person, person.id == id else { continue }
            self.persons[place] = nil
            self.personNumbers[person] = nil
            numbers.append(Int64(place + 1))
        }
        return numbers
    }
}
