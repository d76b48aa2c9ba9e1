/// A revision that somebody wants in force, as a gateway announces it.
package struct PolicyProposal: Hashable, Sendable {
    /// The revision.
    package var digest: PolicyDigest
    /// The revision that was in force, and is to be replaced.
    package var base: PolicyDigest
    /// Its place in the row of revisions: one more than the base's.
    package var number: UInt64
    /// Who proposed it.
    package var by: Signatory
    /// What for, in their words.
    package var note: String
    /// The id of the decision that let it be proposed.
    package var decision: String
    /// When, in seconds since 1970, UTC.
    package var time: Int64

    package init(
        digest: PolicyDigest,
        base: PolicyDigest,
        number: UInt64,
        by: Signatory,
        note: String,
        decision: String,
        time: Int64
    ) {
        self.digest = digest
        self.base = base
        self.number = number
        self.by = by
        self.note = note
        self.decision = decision
        self.time = time
    }

    var payload: [UInt8] { PayloadLines.join(self.parts) }

    fileprivate var parts: [String] {
        [
            self.digest.description, self.base.description, String(self.number), self.by.id, self.by.name, self.note,
            self.decision, String(self.time),
        ]
    }

    init?(payload: [UInt8]) {
        guard let parts = PayloadLines.split(payload, into: 8) else { return nil }
        self.init(parts: parts)
    }

    fileprivate init?(parts: [String]) {
        guard let digest = PolicyDigest(parts[0]), let base = PolicyDigest(parts[1]), let number = UInt64(parts[2]),
            number > 0, number < .max, let time = Int64(parts[7])
        else { return nil }
        self.init(
            digest: digest,
            base: base,
            number: number,
            by: Signatory(id: parts[3], name: parts[4]),
            note: parts[5],
            decision: parts[6],
            time: time
        )
    }
}

/// A revision that has the approvals it needs, as the gateway that took the last of them announces it.
package struct PolicyPublication: Hashable, Sendable {
    /// Who approved a proposal, besides who made it.
    package struct Approval: Hashable, Sendable {
        package var by: Signatory
        /// The id of the decision that let it be approved.
        package var decision: String

        package init(by: Signatory, decision: String) {
            self.by = by
            self.decision = decision
        }
    }

    package var proposal: PolicyProposal
    /// `nil` where one person is enough.
    package var approval: Approval?
    /// When, in seconds since 1970, UTC.
    package var time: Int64

    package init(_ proposal: PolicyProposal, approval: Approval?, time: Int64) {
        self.proposal = proposal
        self.approval = approval
        self.time = time
    }

    package var digest: PolicyDigest { self.proposal.digest }
    package var number: UInt64 { self.proposal.number }

    /// How many different people stand for it.
    package var people: Int { Set([self.proposal.by.id, self.approval?.by.id].compactMap(\.self)).count }

    /// As it is signed, and as it is kept.
    package var payload: [UInt8] {
        PayloadLines.join(
            self.proposal.parts + [
                self.approval?.by.id ?? "", self.approval?.by.name ?? "", self.approval?.decision ?? "",
                String(self.time),
            ]
        )
    }

    /// Reads what was signed; `nil` for anything else.
    package init?(payload: [UInt8]) {
        guard let parts = PayloadLines.split(payload, into: 12), let proposal = PolicyProposal(parts: parts),
            let time = Int64(parts[11])
        else { return nil }
        self.proposal = proposal
        self.approval =
            parts[8].isEmpty ? nil : Approval(by: Signatory(id: parts[8], name: parts[9]), decision: parts[10])
        self.time = time
    }
}
