import ArgumentParser
import Foundation

/// Who asks which console.
struct ConsoleOptions: ParsableArguments {
    @Option(help: "The console's address, https://name:port (or STILE_URL).")
    var url: String?

    @Option(help: "Your login name (or STILE_USER).")
    var user: String?

    @Option(help: "A file with your password; without it and STILE_PASSWORD it is asked for.")
    var passwordFile: String?

    @Option(help: "A PEM file with the company's CA (or STILE_CA); default the system's store.")
    var ca: String?

    /// A client for the person who calls.
    func client() throws -> ConsoleClient {
        let environment = ProcessInfo.processInfo.environment
        guard let url = self.url ?? environment["STILE_URL"] else {
            throw Outcome.usage(
                "no address of the console, expected --url or STILE_URL, for example https://console.example:8443"
            )
        }
        guard let user = self.user ?? environment["STILE_USER"] ?? environment["USER"] else {
            throw Outcome.usage("no login name, expected --user or STILE_USER")
        }
        do {
            return try ConsoleClient(
                url: url,
                name: user,
                password: try self.password(environment, user: user),
                authorities: self.ca ?? environment["STILE_CA"]
            )
        } catch {
            throw Outcome.usage(error.description)
        }
    }

    private func password(_ environment: [String: String], user: String) throws(ConsoleClient.Failure) -> String {
        if let passwordFile {
            guard let text = try? String(contentsOfFile: passwordFile, encoding: .utf8) else {
                throw .init(description: "the password file `\(passwordFile)` cannot be read")
            }
            return text.hasSuffix("\n") ? String(text.dropLast()) : text
        }
        if let password = environment["STILE_PASSWORD"] { return password }
        // SAFETY: getpass answers a static buffer of its own, read at once and before any other call of it.
        guard let typed = unsafe getpass("Password of \(user): ") else {
            throw .init(description: "no password, expected --password-file, STILE_PASSWORD or a terminal to ask at")
        }
        return unsafe String(cString: typed)
    }
}

extension ConsoleOptions {
    /// Asks or orders as the person who calls, and shows the answer as it came where JSON is wanted.
    ///
    /// - Returns: The answer, to be shown to people; `nil` when it has been shown.
    func ask<Document: Decodable>(
        _ call: ConsoleCall,
        as type: Document.Type,
        for output: OutputFormat
    ) async throws -> Document? {
        let (document, bytes) = try await self.client().document(call, as: type)
        guard output == .json else { return document }
        Outcome.write(String(decoding: bytes, as: UTF8.self), to: .output)
        return nil
    }
}

extension ConsoleClient {
    /// Asks, and turns refusals and failures into the command's outcome.
    func document<Document: Decodable>(_ path: String, as type: Document.Type) async throws -> (Document, [UInt8]) {
        try await self.document(ConsoleCall(path), as: type)
    }

    /// Asks or orders, and turns refusals and failures into the command's outcome.
    func document<Document: Decodable>(_ call: ConsoleCall, as type: Document.Type) async throws -> (Document, [UInt8])
    {
        let answer: Answer
        do {
            answer = try await self.send(call)
        } catch let failure as Failure {
            throw Outcome.cannot(failure.description)
        }
        guard answer.status == 200 || answer.status == 201 else {
            let problem = try? JSONDecoder().decode(Problem.self, from: Data(answer.body))
            let sentence = problem?.detail ?? problem?.title ?? "the console answered \(answer.status)"
            let id = problem?.decision.map { " (decision \($0))" } ?? ""
            switch answer.status {
            case 400: throw Outcome.usage(sentence)
            case 401, 403, 404, 409: throw Outcome.no(sentence + id)
            default: throw Outcome.cannot(sentence + id)
            }
        }
        do {
            return (try JSONDecoder().decode(type, from: Data(answer.body)), answer.body)
        } catch {
            throw Outcome.cannot("the console's answer is not what this version of stile reads: \(error)")
        }
    }
}

/// RFC 9457, as far as a command shows it.
private struct Problem: Decodable {
    var title: String?
    var detail: String?
    var decision: String?
}

/// The path of the console's API with its query.
func consolePath(_ path: String, _ parameters: [(name: String, value: String?)]) -> String {
    let allowed = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    let query = parameters.compactMap { name, value in
        value.flatMap { $0.addingPercentEncoding(withAllowedCharacters: allowed) }.map { "\(name)=\($0)" }
    }
    return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
}
