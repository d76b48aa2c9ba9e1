/// How much of a JSON text is read before it is refused.
package struct JSONLimits: Sendable {
    /// How deep arrays and objects may be nested.
    ///
    /// The deepest real request is seven deep; Python's own reader gives up at about a thousand.
    package let depth: Int

    /// How many values and names there may be.
    package let nodes: Int

    /// Puts limits together.
    package init(depth: Int, nodes: Int) {
        self.depth = depth
        self.nodes = nodes
    }

    /// For a request: a batch of 1,000 metrics has 10,000 nodes.
    package static let body = JSONLimits(depth: 64, nodes: 200_000)

    /// For an answer: a page of 1,000 models with their tags.
    package static let answer = JSONLimits(depth: 64, nodes: 1_000_000)
}
