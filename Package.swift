// swift-tools-version: 6.2
import PackageDescription

/// What every target here is compiled with: honest imports, marked unsafety, and no warnings.
let houseRules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A fuzzer of a room's parsers; built without libFuzzer it replays files, which the room's tests do.
func fuzzer(_ room: String, dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .executableTarget(
        name: "\(room)-fuzz",
        dependencies: ["Fuzzers"] + dependencies,
        path: "Fuzzing/\(room)",
        exclude: ["README.md", "Corpus", "FailCases", "Seconds.tsv"] + exclude,
        swiftSettings: houseRules
    )
}

/// The tests of a room.
func tests(
    _ room: String,
    named name: String? = nil,
    _ dependencies: [Target.Dependency] = [],
    exclude: [String] = []
) -> Target {
    .testTarget(
        name: name ?? "\(room)Tests",
        dependencies: [.byName(name: room)] + dependencies,
        exclude: exclude,
        swiftSettings: houseRules
    )
}

let package = Package(
    name: "stile",
    products: [
        .library(name: "Cedar", targets: ["Cedar"]),
        .library(name: "SecurityLabels", targets: ["SecurityLabels"]),
        .library(name: "TransparencyLog", targets: ["TransparencyLog"]),
        .executable(name: "stile", targets: ["stile"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // 0
        .target(name: "Cedar", swiftSettings: houseRules),
        .target(name: "SecurityLabels", swiftSettings: houseRules),
        .target(name: "CFileSpace"),
        .target(name: "TransparencyLog", dependencies: ["CFileSpace", crypto], swiftSettings: houseRules),
        .target(name: "HTTP1", swiftSettings: houseRules),
        .target(name: "CChecksums"),
        .target(name: "CSockets"),
        .target(name: "Checksums", dependencies: ["CChecksums"], swiftSettings: houseRules),
        .target(
            name: "Sockets",
            dependencies: [
                "CSockets",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: houseRules
        ),
        // 1
        .target(name: "Directory", dependencies: ["SecurityLabels"], swiftSettings: houseRules),
        .target(name: "Catalog", dependencies: ["Checksums", "SecurityLabels"], swiftSettings: houseRules),
        .target(name: "CRecordCrypto", linkerSettings: [.linkedLibrary("crypto")]),
        .target(
            name: "DecisionLog",
            dependencies: ["Checksums", "CRecordCrypto", "TransparencyLog", crypto],
            swiftSettings: houseRules
        ),
        .target(name: "Governance", dependencies: ["TransparencyLog", crypto], swiftSettings: houseRules),
        // 2
        .target(
            name: "PolicyDecision",
            dependencies: ["Cedar", "SecurityLabels", "Directory", "Catalog", "DecisionLog"],
            swiftSettings: houseRules
        ),
        .target(
            name: "PolicyFiles",
            dependencies: ["Catalog", "Directory", "SecurityLabels", yams],
            swiftSettings: houseRules
        ),
        .target(name: "Profiles", dependencies: ["Catalog", "HTTP1", "SecurityLabels"], swiftSettings: houseRules),
        .systemLibrary(
            name: "COpenLDAP",
            pkgConfig: "ldap",
            providers: [.apt(["libldap-dev", "libkrb5-dev", "libsasl2-dev"])]
        ),
        .target(
            name: "OpenLDAPDirectory",
            dependencies: ["COpenLDAP", "Directory", "SecurityLabels"],
            swiftSettings: houseRules
        ),
        .systemLibrary(name: "CGSSAPI", providers: [.apt(["libkrb5-dev"])]),
        .target(name: "GSSAPINegotiation", dependencies: ["CGSSAPI"], swiftSettings: houseRules),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "OpenSSLTrust", dependencies: ["COpenSSL"], swiftSettings: houseRules),
        .target(
            name: "SQLiteStorage",
            dependencies: ["DecisionLog", "Governance", "TransparencyLog", grdb],
            swiftSettings: houseRules
        ),
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "PostgreSQLStorage",
            dependencies: ["CPostgreSQL", "DecisionLog", "Governance", "TransparencyLog"],
            swiftSettings: houseRules
        ),
        // 3
        .target(name: "Review", dependencies: ["Catalog", "DecisionLog", "SecurityLabels"], swiftSettings: houseRules),
        // 4
        .target(
            name: "Gateway",
            dependencies: [
                "HTTP1", "Sockets", "SecurityLabels", "TransparencyLog", "Directory", "Catalog", "DecisionLog",
                "Governance", "PolicyDecision",
                "Profiles", "OpenSSLTrust", "GSSAPINegotiation", crypto,
            ] + nio,
            swiftSettings: houseRules
        ),
        .target(
            name: "Console",
            dependencies: ["Catalog", "DecisionLog", "Governance", "PolicyDecision", "Review", "SecurityLabels"],
            swiftSettings: houseRules
        ),
        // 5
        .executableTarget(
            name: "stile",
            dependencies: [
                "HTTP1", "Cedar", "SecurityLabels", "TransparencyLog", "Directory", "Catalog", "DecisionLog",
                "Governance",
                "PolicyDecision",
                "PolicyFiles", "Profiles", "OpenLDAPDirectory", "OpenSSLTrust", "GSSAPINegotiation",
                "PostgreSQLStorage", "SQLiteStorage",
                "Gateway",
                "Console", arguments,
                crypto, logging, .product(name: "NIOTLS", package: "swift-nio"),
            ] + nio,
            swiftSettings: houseRules
        ),
        // Programs that show something about the rooms
        .executableTarget(name: "cedar-conformance", dependencies: ["Cedar"], swiftSettings: houseRules),
        .target(name: "Allocations", path: "Benchmarks/allocations"),
        .executableTarget(
            name: "cedar-benchmark",
            dependencies: ["Cedar", "Allocations"],
            path: "Benchmarks/cedar",
            exclude: ["compare"],
            swiftSettings: houseRules
        ),
        .executableTarget(
            name: "directory-benchmark",
            dependencies: ["Directory", "Gateway", "OpenLDAPDirectory"],
            path: "Benchmarks/directory",
            swiftSettings: houseRules
        ),
        .executableTarget(
            name: "log-benchmark",
            dependencies: ["DecisionLog", "PostgreSQLStorage", "SQLiteStorage", "TransparencyLog", crypto, grdb],
            path: "Benchmarks/decision-log",
            swiftSettings: houseRules
        ),
        .executableTarget(
            name: "journal-crasher",
            dependencies: ["DecisionLog", "TransparencyLog"],
            path: "Tests/JournalCrasher",
            swiftSettings: houseRules
        ),
        .executableTarget(
            name: "cedar-cases",
            dependencies: ["Cedar"],
            path: "Fuzzing/differential",
            exclude: ["mutate.py", "run"],
            swiftSettings: houseRules
        ),
        .target(name: "Fuzzers", path: "Fuzzing/fuzzers", swiftSettings: houseRules),
        fuzzer("cedar", dependencies: ["Cedar"], exclude: ["words.dict"]),
        fuzzer("directory", dependencies: ["Directory", "OpenLDAPDirectory"]),
        fuzzer("http1", dependencies: ["HTTP1"]),
        fuzzer("console", dependencies: ["Console", "DecisionLog"]),
        fuzzer("gateway", dependencies: ["Directory", "Gateway", "Governance", "HTTP1", "TransparencyLog"]),
        fuzzer("identity", dependencies: ["Directory", "GSSAPINegotiation", "OpenSSLTrust"]),
        fuzzer("profiles", dependencies: ["Profiles", "Catalog"]),
        .target(name: "Programs", path: "Tests/Programs", exclude: ["realm"], swiftSettings: houseRules),
        .target(
            name: "KerberosInitiator",
            dependencies: ["CGSSAPI"],
            path: "Tests/KerberosInitiator",
            swiftSettings: houseRules
        ),
        fuzzer("log", dependencies: ["DecisionLog", "TransparencyLog", crypto]),
        // Tests
        tests("Cedar", ["Fuzzers", "cedar-conformance", "cedar-fuzz"], exclude: ["Conformance/cases"]),
        tests("SecurityLabels"),
        tests("TransparencyLog"),
        tests("HTTP1", ["Fuzzers", "http1-fuzz"]),
        tests("Checksums"),
        tests(
            "Sockets",
            [.product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio")]
        ),
        tests("Directory", ["SecurityLabels"]),
        tests("Catalog", ["SecurityLabels"]),
        // What every store of governed state has to do; each store's tests run it.
        .target(
            name: "GovernanceConformance",
            dependencies: ["Governance"],
            path: "Tests/GovernanceConformance",
            swiftSettings: houseRules
        ),
        tests("Governance", ["GovernanceConformance"]),
        tests(
            "DecisionLog",
            ["Fuzzers", "Programs", "TransparencyLog", "journal-crasher", "log-fuzz", crypto],
            exclude: ["Verify/agree.py"]
        ),
        tests("PolicyDecision", ["Cedar", "Catalog", "DecisionLog", "Directory", "SecurityLabels"]),
        tests("PolicyFiles", ["Catalog", "Directory", "SecurityLabels"]),
        tests("Profiles", ["Catalog", "Fuzzers", "profiles-fuzz"], exclude: ["Recorded"]),
        tests(
            "OpenLDAPDirectory",
            ["Directory", "Fuzzers", "GSSAPINegotiation", "KerberosInitiator", "Programs", "directory-fuzz"],
            exclude: ["Servers/more.ldif", "Servers/samba", "Servers/dirsrv"]
        ),
        tests("GSSAPINegotiation", ["KerberosInitiator", "Programs"]),
        tests(
            "OpenSSLTrust",
            ["Fuzzers", "Programs", "identity-fuzz"],
            exclude: ["Support/authority", "Support/stamper"]
        ),
        tests(
            "SQLiteStorage",
            named: "StorageTests",
            [
                "DecisionLog", "Governance", "GovernanceConformance", "PostgreSQLStorage", "Programs",
                "TransparencyLog",
                crypto,
            ]
        ),
        tests("Review", ["Catalog", "DecisionLog", "SecurityLabels"]),
        tests(
            "Gateway",
            [
                "Fuzzers", "gateway-fuzz", "HTTP1", "Catalog", "DecisionLog", "Directory", "Governance",
                "GovernanceConformance", "PolicyDecision", "Profiles", "Programs", "SecurityLabels", "Sockets",
                "TransparencyLog", crypto,
            ] + nio
        ),
        tests(
            "Console",
            [
                "Catalog", "DecisionLog", "Directory", "Fuzzers", "Governance", "GovernanceConformance",
                "PolicyDecision", "SQLiteStorage", "SecurityLabels", "console-fuzz",
            ]
        ),
        tests(
            "stile",
            named: "StileTests",
            [
                "Catalog", "DecisionLog", "Directory", "Gateway", "Governance", "OpenSSLTrust", "PolicyDecision",
                "PolicyFiles", "TransparencyLog", arguments,
            ] + nio
        ),
        .testTarget(name: "HouseTests", swiftSettings: houseRules),
        .testTarget(
            name: "WholeTests",
            exclude: [
                "access.py", "auditor.py", "browser.py", "change.py", "credentials.py", "descriptors.py", "desync.py",
                "disk.py", "doors.py", "gateways.py",
                "governance.py",
                "hostile.py", "kill.py", "ocsf.py", "receivers.py", "stand.py", "streams.py",
            ],
            swiftSettings: houseRules
        ),
    ]
)
