import Catalog
import DecisionLog
import Foundation
import PolicyFiles
import TransparencyLog

/// What `log:` in `stile.yaml` says beside how the journal writes: who gets the log as it grows, and who witnesses it.
struct LogSection: Sendable {
    /// One shipper.
    struct Shipper: Sendable {
        /// Where decisions go.
        enum Target: Sendable {
            /// Lines appended to a file.
            case file(String)
            /// JSON Lines or OTLP by POST.
            case http(URL)
            /// Syslog messages over TLS.
            case syslog(host: String, port: Int)
        }

        /// Its name, under which its cursor is kept.
        var name: String
        /// The shape of what it sends.
        var format: ExportFormat
        /// Where to.
        var target: Target
        /// A PEM file of authorities; `nil` takes the system's.
        var authorities: String?
        /// A file with the value of `Authorization`.
        var authorizationFile: String?
    }

    /// One witness.
    struct Witness: Sendable {
        /// Its public key.
        var key: NoteVerifierKey
        /// Its submission prefix.
        var url: URL
        /// A PEM file of authorities; `nil` takes the system's.
        var authorities: String?
    }

    /// Who gets the log as it grows.
    var shippers: [Shipper] = []
    /// Who cosigns its checkpoints.
    var witnesses: [Witness] = []
    /// How many days records are kept whole; `nil`, the default, keeps them for ever.
    var keepDays: Int?
    /// How often witnesses are asked when there is something new; default 10 s.
    var witnessEvery = Duration.seconds(10)

    /// Reads what belongs here from the section.
    mutating func read(_ section: inout FieldReader, path: (String) -> String) {
        for item in section.items("ship", of: "shippers") {
            guard var fields = FieldReader(item, subject: "a shipper", findings: section.findings) else { continue }
            if let shipper = Self.shipper(&fields, path: path) {
                if self.shippers.contains(where: { $0.name == shipper.name }) {
                    fields.note("found a second shipper `\(shipper.name)`, expected names of their own")
                }
                self.shippers.append(shipper)
            }
        }
        for item in section.items("witnesses", of: "witnesses") {
            guard var fields = FieldReader(item, subject: "a witness", findings: section.findings) else { continue }
            if let witness = Self.witness(&fields, path: path) { self.witnesses.append(witness) }
        }
        if let value = section.value("keep"), let keep = section.duration("keep") {
            let days = keep.components.seconds / 86_400
            if !(1...36_500).contains(days) || keep != .seconds(days * 86_400) {
                let found = section.text("keep") ?? ""
                section.note("found `\(found)` under `keep`, expected `1d` to `36500d` in whole days", at: value)
            }
            self.keepDays = Int(days)
        }
        if let value = section.value("witness-every"), let every = section.duration("witness-every") {
            if every < .seconds(1) { section.note("found less than a second, expected at least `1s`", at: value) }
            self.witnessEvery = every
        }
    }

    private static func shipper(_ fields: inout FieldReader, path: (String) -> String) -> Shipper? {
        let nameValue = fields.requiredValue("name")
        let name = fields.text("name") ?? ""
        let formatValue = fields.value("format")
        let formatText = fields.text("format")
        let toValue = fields.requiredValue("to")
        let to = fields.text("to") ?? ""
        let authorities = fields.text("ca").map(path)
        let authorization = fields.text("authorization-file").map(path)
        fields.finish()
        guard let nameValue, let toValue else { return nil }
        guard ConfigurationFile.isName(name), !name.hasPrefix(".") else {
            fields.note("found the name `\(name)`, expected letters, digits, `-` and `.`, at most 64", at: nameValue)
            return nil
        }
        guard let target = self.target(to, path: path) else {
            fields.note(
                "found `\(to)` under `to`, expected `file:/path`, `https://host/path` or `syslog+tls://host:6514`; plain `http://` reaches this machine alone",
                at: toValue
            )
            return nil
        }
        let known = target.formats
        guard let format = formatText.map({ ExportFormat(rawValue: $0) }) ?? known[0], known.contains(format) else {
            let names = known.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            fields.note(
                "found `\(formatText ?? "")` under `format`, expected one of \(names) for `\(to)`",
                at: formatValue ?? toValue
            )
            return nil
        }
        return Shipper(
            name: name,
            format: format,
            target: target,
            authorities: authorities,
            authorizationFile: authorization
        )
    }

    private static func target(_ text: String, path: (String) -> String) -> Shipper.Target? {
        if text.hasPrefix("file:") {
            let file = text.dropFirst(5)
            return file.isEmpty ? nil : .file(path(String(file)))
        }
        guard let url = URL(string: text), let host = url.host(), !host.isEmpty, url.user == nil else { return nil }
        switch url.scheme {
        case "https": return .http(url)
        case "http": return self.isHere(host) ? .http(url) : nil
        case "syslog+tls":
            return url.path.isEmpty && url.query == nil ? .syslog(host: host, port: url.port ?? 6_514) : nil
        default: return nil
        }
    }

    private static func witness(_ fields: inout FieldReader, path: (String) -> String) -> Witness? {
        let keyValue = fields.requiredValue("key")
        let keyText = fields.text("key") ?? ""
        let urlValue = fields.requiredValue("url")
        let urlText = fields.text("url") ?? ""
        let authorities = fields.text("ca").map(path)
        fields.finish()
        guard let keyValue, let urlValue else { return nil }
        guard let key = NoteVerifierKey(keyText), key.kind == .cosigner else {
            fields.note(
                "found `\(keyText)` under `key`, expected a public key as `stile log witness` prints it",
                at: keyValue
            )
            return nil
        }
        guard let url = URL(string: urlText), let host = url.host(), url.query == nil,
            url.scheme == "https" || url.scheme == "http" && self.isHere(host)
        else {
            fields.note("found `\(urlText)` under `url`, expected `https://host/prefix`", at: urlValue)
            return nil
        }
        return Witness(key: key, url: url, authorities: authorities)
    }

    /// Whether a host is this machine: what is in the log crosses no network in clear text.
    private static func isHere(_ host: String) -> Bool {
        host == "127.0.0.1" || host == "localhost" || host == "::1" || host.hasSuffix(".localhost")
    }
}

extension LogSection.Shipper.Target {
    /// Whether messages go out as syslog messages.
    var isSyslog: Bool { if case .syslog = self { true } else { false } }

    /// What can be sent there, the standard first.
    fileprivate var formats: [ExportFormat] {
        switch self {
        case .file: ExportFormat.allCases
        case .http: [.jsonl, .opa, .ocsf, .otlp]
        case .syslog: [.syslog, .cef]
        }
    }
}
