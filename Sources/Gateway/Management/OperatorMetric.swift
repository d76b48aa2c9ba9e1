/// A figure that another room adds to the metrics.
package struct OperatorMetric: Sendable {
    /// The name, without the `stile_` before it.
    package var name: String
    /// What it counts, in a few words.
    package var help: String
    /// The present value.
    package var value: UInt64
    /// Whether it only grows; default whether its name ends in `_total`, as those of counters do.
    package var isCounter: Bool
    /// Labels that tell samples of one name apart, in order.
    package var labels: [(name: String, value: String)]

    package init(
        _ name: String,
        _ help: String,
        _ value: UInt64,
        isCounter: Bool? = nil,
        labels: [(name: String, value: String)] = []
    ) {
        self.name = name
        self.help = help
        self.value = value
        self.isCounter = isCounter ?? name.hasSuffix("_total")
        self.labels = labels
    }
}
