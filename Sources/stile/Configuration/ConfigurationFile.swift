import Catalog
import DecisionLog
import Foundation
import Gateway
import OpenSSLTrust
import PolicyFiles

/// Reads `stile.yaml`: the one place where its keys are known.
enum ConfigurationFile {
    /// Reads the file at a path.
    ///
    /// - Returns: `nil`, with findings, when anything is wrong: a gateway doesn't start on half a configuration.
    static func read(path: String, findings: Findings) -> Configuration? {
        guard let text = PolicyFolder.text(of: path, findings: findings) else { return nil }
        let folder = URL(filePath: path).standardizedFileURL.deletingLastPathComponent().path
        return self.read(text, file: path, folder: folder, findings: findings)
    }

    /// Reads the file's text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - file: The name that errors carry.
    ///   - folder: What relative paths count from.
    ///   - findings: Where errors go.
    /// - Returns: `nil`, with findings, when anything is wrong.
    static func read(_ text: String, file: String, folder: String, findings: Findings) -> Configuration? {
        let before = findings.all.count
        guard let root = YAMLValue(text: text, file: file, findings: findings) else { return nil }
        guard var fields = FieldReader(root, subject: "the configuration", findings: findings) else { return nil }
        let reader = Reader(folder: folder)
        let gateway = fields.text("gateway") ?? "stile"
        let state = fields.requiredText("state").map(reader.path)
        let policies = reader.policies(&fields)
        let certificates = fields.fields("client-certificates", subject: "`client-certificates`").flatMap {
            IdentitySections.certificates($0, path: reader.path)
        }
        let kerberos = fields.fields("kerberos", subject: "`kerberos`").flatMap {
            IdentitySections.kerberos($0, path: reader.path)
        }
        // A section that is there and broken has been complained about already.
        let authorities = certificates?.trust.authorities ?? (fields.value("client-certificates") == nil ? nil : [])
        let listeners = reader.listeners(&fields, authorities: authorities)
        let console = reader.console(&fields)
        let management = reader.management(&fields)
        _ = fields.requiredValue("directory")
        let directory = fields.fields("directory", subject: "`directory`").flatMap {
            DirectorySection.read($0, path: reader.path)
        }
        let services = reader.services(&fields)
        var timeStamps: TimeStampTrust?
        var log = LogSection()
        let journal = reader.journal(&fields, &timeStamps, beside: &log)
        let index = fields.fields("index", subject: "`index`").flatMap { IndexSection.read($0, path: reader.path) }
        let limits = reader.limits(&fields)
        let signIn = SignInSection(&fields)
        let grants = GrantsSection(&fields)
        if policies?.mode == .published, console.isEmpty {
            fields.note(
                "found `mode: published` under `policies` without `console: hosts:`, expected the host name to publish at"
            )
        }
        fields.finish()
        if !Self.isName(gateway) {
            fields.note("found the gateway's name `\(gateway)`, expected letters, digits, `-` and `.`, at most 64")
        }
        guard findings.all.count == before, let state, let policies, let directory else { return nil }
        return Configuration(
            gateway: gateway,
            state: state,
            policies: policies,
            listeners: listeners,
            consoleHosts: console,
            management: management,
            directory: directory,
            services: services,
            certificates: certificates,
            kerberos: kerberos,
            timeStamps: timeStamps,
            journal: journal,
            shared: index,
            log: log,
            limits: limits,
            signIn: signIn,
            grants: grants
        )
    }

    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || $0 == "-" || $0 == "." || ("0"..."9").contains($0))
            }
    }
}

/// The parts of the file, one function each.
private struct Reader {
    let folder: String

    func path(_ text: String) -> String {
        text.hasPrefix("/") ? text : URL(filePath: self.folder + "/" + text).standardizedFileURL.path
    }

    func policies(_ fields: inout FieldReader) -> Configuration.Policies? {
        _ = fields.requiredValue("policies")
        guard var policies = fields.fields("policies", subject: "`policies`") else { return nil }
        let folder = policies.requiredText("folder").map(self.path)
        let mode = policies.value("mode")
        let modeText = policies.text("mode") ?? "files"
        policies.finish()
        let known = Configuration.Policies.Mode(rawValue: modeText)
        if known == nil, let mode {
            policies.note("found `\(modeText)` under `mode`, expected `files` or `published`", at: mode)
        }
        return folder.map { Configuration.Policies(folder: $0, mode: known ?? .files) }
    }

    func listeners(_ fields: inout FieldReader, authorities: [String]?) -> [ListenerConfiguration] {
        _ = fields.requiredValue("listeners")
        let items = fields.items("listeners", of: "listeners")
        var listeners: [ListenerConfiguration] = []
        for item in items {
            guard var listener = FieldReader(item, subject: "a listener", findings: fields.findings) else { continue }
            let address = listener.text("address") ?? "127.0.0.1"
            let portIsThere = listener.requiredValue("port") != nil
            let port = listener.integer("port", in: 0...65_535)
            let certificate = listener.text("certificate").map(self.path)
            let key = listener.text("key").map(self.path)
            let passwordFile = listener.text("password-file").map(self.path)
            let insecureBasic = listener.boolean("insecure-basic") ?? false
            let clients = self.clientCertificates(&listener, authorities, isSecure: certificate != nil)
            listener.finish()
            guard portIsThere, let port else { continue }
            let security: ListenerConfiguration.Security
            switch (certificate, key, passwordFile, insecureBasic) {
            case (let certificate?, let key?, nil, false):
                security = .tls(CertificateFiles(chain: certificate, key: key))
            case (let certificate?, nil, let passwordFile?, false):
                security = .tls(CertificateFiles(bundle: certificate, passwordFile: passwordFile))
            case (nil, nil, nil, true):
                security = .insecureBasic
            default:
                listener.note(
                    "a listener that is neither, expected `certificate:` and `key:` (PEM), `certificate:` and `password-file:` (PKCS#12), or `insecure-basic: true` on a loopback address"
                )
                continue
            }
            var configuration = ListenerConfiguration(address: address, port: port, security: security)
            configuration.clientCertificates = clients
            if insecureBasic, !configuration.isLoopback {
                listener.note(
                    "found `insecure-basic` on `\(address)`, expected a loopback address; passwords would cross the network"
                )
            }
            listeners.append(configuration)
        }
        return listeners
    }

    private func clientCertificates(
        _ listener: inout FieldReader,
        _ authorities: [String]?,
        isSecure: Bool
    ) -> ClientCertificates {
        guard let value = listener.value("client-certificates"), let text = listener.text("client-certificates") else {
            return .none
        }
        guard text != "none" else { return .none }
        guard let authorities, isSecure else {
            let what =
                isSecure
                ? "a section `client-certificates:` beside `listeners:`" : "`certificate:` and `key:` beside it"
            listener.note("found `client-certificates: \(text)` alone, expected \(what), too", at: value)
            return .none
        }
        switch text {
        case "request": return .request(authorities: authorities)
        case "require": return .require(authorities: authorities)
        default:
            listener.note(
                "found `\(text)` under `client-certificates`, expected `none`, `request` or `require`",
                at: value
            )
            return .none
        }
    }

    func console(_ fields: inout FieldReader) -> [String] {
        guard var console = fields.fields("console", subject: "`console`") else { return [] }
        let hosts = console.texts("hosts") ?? []
        console.finish()
        if hosts.isEmpty { console.note("found no `hosts`, expected the console's own host name") }
        return hosts
    }

    func management(_ fields: inout FieldReader) -> (address: String, port: Int) {
        guard var management = fields.fields("management", subject: "`management`") else { return ("127.0.0.1", 9_443) }
        let address = management.text("address") ?? "127.0.0.1"
        let port = management.integer("port", in: 0...65_535) ?? 9_443
        management.finish()
        return (address, port)
    }

    func services(_ fields: inout FieldReader) -> [Configuration.ServiceFields] {
        var services: [Configuration.ServiceFields] = []
        for entry in fields.named("services", what: "services") {
            guard var service = fields.opened(entry, subject: "a service") else { continue }
            let profileValue = service.requiredValue("profile")
            let profile = service.text("profile") ?? ""
            let hosts = service.texts("hosts") ?? []
            let mountValue = service.value("mount")
            let mount = service.text("mount") ?? "/"
            if let mountValue, mount != "/", !mount.hasPrefix("/") || mount.hasSuffix("/") || mount.contains("//") {
                service.note(
                    "found `\(mount)` under `mount`, expected `/` or a path like `/mlflow` without a slash at its end",
                    at: mountValue
                )
            }
            let upstreamValue = service.requiredValue("upstream")
            let upstreamText = service.text("upstream")
            let certificateAuthorities = service.text("ca").map(self.path)
            let authorizationValue = service.value("authorization")
            let authorization = service.text("authorization") ?? "remove"
            let hostValue = service.value("host-field")
            let hostField = service.text("host-field")
            let credential = service.text("credential-file").map(self.path)
            let response = service.duration("response")
            let assertion = IdentitySections.assertion(&service, name: entry.key)
            service.finish()
            if entry.key == "console" {
                fields.findings.note(
                    "found a service named `console`, expected another name; that one is Stile's own",
                    at: entry.position
                )
            }
            if let profileValue, profile != "mlflow" {
                service.note("found the profile `\(profile)`, expected `mlflow`", at: profileValue)
            }
            if hosts.isEmpty {
                service.note("found no `hosts`, expected the host names that the service is reached by")
            }
            if let authorizationValue, authorization != "remove", authorization != "pass" {
                service.note(
                    "found `\(authorization)` under `authorization`, expected `remove` or `pass`",
                    at: authorizationValue
                )
            }
            guard let upstreamText, let upstreamValue else { continue }
            guard let address = Self.address(upstreamText) else {
                service.note(
                    "found the upstream `\(upstreamText)`, expected `http://host:port`, `https://host:port` or `unix:/path`",
                    at: upstreamValue
                )
                continue
            }
            var security = UpstreamConfiguration.Security.none
            if upstreamText.hasPrefix("https://"), case .host(let name, _) = address {
                security = .tls(authorities: certificateAuthorities, name: name)
            }
            var upstream = UpstreamConfiguration(
                address: address,
                security: security,
                hostField: hostValue == nil ? nil : hostField == "preserve" ? .preserve : .fixed(hostField ?? "")
            )
            upstream.authorizationField = authorization == "pass" ? .pass : .remove
            if let response { upstream.responseHead = response }
            services.append(
                Configuration.ServiceFields(
                    name: entry.key,
                    profile: profile,
                    hosts: hosts,
                    mount: mount,
                    upstream: upstream,
                    credentialFile: credential,
                    assertion: assertion
                )
            )
        }
        return services
    }

    private static func address(_ text: String) -> UpstreamConfiguration.Address? {
        if text.hasPrefix("unix:/") { return .socket(path: String(text.dropFirst(5))) }
        guard let url = URL(string: text), let scheme = url.scheme, scheme == "http" || scheme == "https",
            let host = url.host(), !host.isEmpty, url.path.isEmpty || url.path == "/", url.user == nil, url.query == nil
        else { return nil }
        return .host(host, port: url.port ?? (scheme == "https" ? 443 : 80))
    }

    func journal(
        _ fields: inout FieldReader,
        _ timeStamps: inout TimeStampTrust?,
        beside log: inout LogSection
    ) -> JournalConfiguration {
        var journal = JournalConfiguration()
        guard var section = fields.fields("log", subject: "`log`") else { return journal }
        log.read(&section, path: self.path)
        if var stamps = section.fields("time-stamp", subject: "`time-stamp`") {
            let address = IdentitySections.address("authority", &stamps)
            _ = stamps.requiredValue("authority")
            _ = stamps.requiredValue("ca")
            let authorities = (stamps.texts("ca") ?? []).map(self.path)
            let timeout = stamps.duration("timeout")
            stamps.finish()
            if let address, !authorities.isEmpty {
                var trust = TimeStampTrust(address: address, authorities: authorities)
                if let timeout { trust.seconds = max(1, Int(timeout.components.seconds)) }
                timeStamps = trust
            }
        }
        if let value = section.value("durability") {
            switch section.text("durability") {
            case "commit": journal.durability = .commit
            case "batch": journal.durability = .batch(milliseconds: 5)
            default:
                section.note("found \(value.kindInWords) under `durability`, expected `commit` or `batch`", at: value)
            }
        }
        if let value = section.value("segment"), let bytes = section.bytes("segment") {
            guard bytes >= 1 << 20 else {
                section.note("found a segment of \(bytes) bytes, expected at least 1MiB", at: value)
                return journal
            }
            journal.segmentBytes = UInt64(bytes)
            journal.reserveBytes = 2 * UInt64(bytes)
        }
        section.finish()
        return journal
    }

    func limits(_ fields: inout FieldReader) -> GatewayLimits {
        var limits = GatewayLimits()
        guard var section = fields.fields("limits", subject: "`limits`") else { return limits }
        if let value = section.duration("head") { limits.head = value }
        if let value = section.duration("idle") { limits.idle = value }
        if let value = section.duration("body-idle") { limits.bodyIdle = value }
        if let value = section.duration("answer-idle") { limits.answerIdle = value }
        if let value = section.duration("sign-in") { limits.signIn = value }
        if let value = section.duration("commit") { limits.commit = value }
        if let value = section.duration("look-ups") { limits.lookUps = value }
        if let value = section.integer("connections", in: 1...1_000_000) { limits.connections = value }
        if let value = section.integer("denials-per-person", in: 1...1_000_000) { limits.denialsPerPerson = value }
        section.finish()
        return limits
    }
}
