/// The memory that a decision works in, and where its outcome lies until the next one.
///
/// Kept from decision to decision, so that deciding allocates nothing. One for each thread; it is not `Sendable`.
public final class DecisionWorkspace {
    /// Places of the satisfied permits in ``Authorizer/policies``.
    public internal(set) var permits: [Int32] = []
    /// Places of the satisfied forbids in ``Authorizer/policies``.
    public internal(set) var forbids: [Int32] = []
    /// Places of the policies that could not be evaluated, with the reason.
    public internal(set) var failures: [(policy: Int32, error: EvaluationError)] = []

    private(set) var principalKeys: [Int32] = []
    private(set) var resourceKeys: [Int32] = []
    // A key is held when its mark is the current round's, so that nothing has to be wiped.
    private var resourceMarks: [UInt32] = []
    private var actionMarks: [UInt32] = []
    private var round: UInt32 = 0

    /// Makes an empty workspace.
    public init() {}

    /// Makes room and forgets the last decision.
    func begin(resourceKeyCount: Int32, actionKeyCount: Int32) {
        self.permits.removeAll(keepingCapacity: true)
        self.forbids.removeAll(keepingCapacity: true)
        self.failures.removeAll(keepingCapacity: true)
        self.principalKeys.removeAll(keepingCapacity: true)
        self.resourceKeys.removeAll(keepingCapacity: true)
        if self.round == .max || self.resourceMarks.count < resourceKeyCount || self.actionMarks.count < actionKeyCount
        {
            self.resourceMarks = Array(repeating: 0, count: Int(resourceKeyCount))
            self.actionMarks = Array(repeating: 0, count: Int(actionKeyCount))
            self.round = 0
        }
        self.round += 1
    }

    func add(principalKey: Int32) {
        self.principalKeys.append(principalKey)
    }

    func add(resourceKey: Int32) {
        self.resourceKeys.append(resourceKey)
        self.resourceMarks[Int(resourceKey)] = self.round
    }

    func add(actionKey: Int32) {
        self.actionMarks[Int(actionKey)] = self.round
    }

    @inline(__always)
    func hasResourceKey(_ key: Int32) -> Bool {
        self.resourceMarks[Int(key)] == self.round
    }

    @inline(__always)
    func hasActionKey(_ key: Int32) -> Bool {
        self.actionMarks[Int(key)] == self.round
    }
}
