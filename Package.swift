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

let package = Package(
    name: "stile",
    targets: []
)
