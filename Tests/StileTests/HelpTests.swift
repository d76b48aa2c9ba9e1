import ArgumentParser
import Testing

@testable import stile

/// What `--help` shows can be typed as it stands there.
@Suite("Help")
struct HelpTests {
    /// Every command, the groups among them, under what calls it.
    private static func commands(_ type: any ParsableCommand.Type, _ name: String) -> [(name: String, help: String)] {
        let configuration = type.configuration
        return [(name, configuration.discussion)]
            + configuration.subcommands.flatMap { Self.commands($0, "\(name) \($0.configuration.commandName ?? "")") }
    }

    /// The examples of a help text: indented lines that begin with the program's name, continued behind a `\`.
    private static func examples(_ help: String) -> [String] {
        help.replacing(/\\\n */, with: "").split(separator: "\n").filter { $0.hasPrefix("  stile ") }
            .map { String($0.dropFirst(2)) }
    }

    /// The words of a line as a shell takes them, up to where its output goes.
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character == " " {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let last = word { words.append(last) }
        return Array(words.prefix { $0 != ">" })
    }

    @Test("Every command has an example of itself, and every example is understood")
    func examples() throws {
        let commands = Self.commands(Stile.self, "stile")
        #expect(commands.count > 30)
        for command in commands {
            let examples = Self.examples(command.help)
            #expect(examples.contains { $0.hasPrefix(command.name) }, "`\(command.name)` has no example")
            for example in examples {
                let words = Self.words(example)
                #expect(throws: Never.self, "\(example)") { _ = try Stile.parseAsRoot(Array(words.dropFirst())) }
            }
        }
    }

    /// Commands whose answer has one form only, and why.
    private static let ofOneForm = [
        "stile serve": "it answers over its listeners",
        "stile log prove": "a receipt is JSON, for whoever gets it",
        "stile log tail": "JSON Lines, or --text for people",
        "stile log export": "the form is what it is asked for",
    ]

    @Test("Every command answers people and programs: `--output` takes table or json")
    func output() throws {
        var without: Set<String> = []
        for command in Self.commands(Stile.self, "stile") {
            guard let example = Self.examples(command.help).first(where: { $0.hasPrefix(command.name + " ") }) else {
                continue
            }
            let words = Self.words(example).dropFirst().filter { !["json", "table"].contains($0) && $0 != "--output" }
            if (try? Stile.parseAsRoot(words + ["--output", "json"])) == nil { without.insert(command.name) }
        }
        #expect(without == Set(Self.ofOneForm.keys))
    }

    @Test("No line of an example is broken by a terminal of 80 columns")
    func widths() {
        for command in Self.commands(Stile.self, "stile") {
            for line in command.help.split(separator: "\n") where line.hasPrefix("  ") {
                #expect(line.count < 80, "\(line)")
            }
        }
    }

    @Test("What is not there is no answer about what it says: 3, and not 1")
    func missing() throws {
        let configuration = try ConfigurationOptions.parse(["--configuration", "/no/such/stile.yaml"])
        let policies = try PolicyOptions.parse(["--policies", "/no/such/policies"])
        let reads: [() throws -> Void] = [{ _ = try configuration.read() }, policies.requireFolder]
        for read in reads {
            do {
                try read()
                Issue.record("something was read")
            } catch let outcome as Outcome {
                guard case .cannot(let sentence) = outcome else {
                    Issue.record("found \(outcome)")
                    continue
                }
                #expect(sentence.contains("/no/such/"))
            }
        }
    }
}
