package import Catalog
package import DecisionLog
package import Directory

/// The rooms that the gateway works with, given by whoever puts the house together.
///
/// Values and protocols, so that a test can run the real gateway with a directory that it makes fail.
package struct GatewayDependencies: Sendable {
    /// Who people are.
    package var directory: any DirectoryClient

    /// What checks the credentials that are not passwords.
    package var methods: SignInMethods

    /// What signs who somebody is for services that check it; `nil` when none asks for it.
    package var assertions: AssertionDesk?

    /// Where decisions are written down.
    package var log: DecisionLog

    /// The names that things were seen under.
    package var bindings: ResourceBindings

    /// Figures of other rooms that are shown with the gateway's own; asked for each time the metrics are read.
    package var operatorMetrics: @Sendable () -> [OperatorMetric]

    /// What is wrong in other rooms now, without keeping requests from being served; shown with the readiness.
    package var operatorNotes: @Sendable () -> [String] = { [] }

    package init(
        directory: any DirectoryClient,
        methods: SignInMethods = SignInMethods(),
        assertions: AssertionDesk? = nil,
        log: DecisionLog,
        bindings: ResourceBindings,
        operatorMetrics: @escaping @Sendable () -> [OperatorMetric] = { [] }
    ) {
        self.operatorMetrics = operatorMetrics
        self.directory = directory
        self.methods = methods
        self.assertions = assertions
        self.log = log
        self.bindings = bindings
    }
}
