import Catalog
import DecisionLog
import PolicyDecision
import SecurityLabels
import Testing

@Suite("Errors, circumstances and shadows")
struct FailClosedTests {
    private func company(adding text: String) throws -> PolicyInForce {
        var company = try SampleCompany()
        company.policies.append(PolicyText(file: "more.cedar", text: text))
        return try company.inForce()
    }

    @Test("A forbid that cannot be evaluated denies")
    func failedForbid() throws {
        let policies = try self.company(
            adding: """
                @id("OVER") @reason("too much") forbid (principal, action, resource)
                when { resource.rank + 9223372036854775807 > 0 };
                """
        )
        let decision = try policies.ask("anna", "read", "press4-forces")
        #expect(!decision.isAllowed && decision.causes == .error)
        #expect(decision.errors == ["OVER: integer overflow while adding `2` and `9223372036854775807`"])
        #expect(decision.flips.isEmpty && decision.flipsComplete)
        // At rank 0 the sum still fits, and is above 0: an ordinary deny.
        let low = try policies.ask("anna", "read", "mlflow")
        #expect(!low.isAllowed && low.causes == .label && low.errors.isEmpty)
    }

    @Test("A permit that cannot be evaluated is skipped and recorded")
    func failedPermit() throws {
        let policies = try self.company(
            adding:
                "@id(\"OVER\") permit (principal, action, resource) when { resource.rank + 9223372036854775807 > 0 };"
        )
        let decision = try policies.ask("anna", "read", "press4-forces")
        #expect(decision.isAllowed && decision.errors.count == 1)
        let alone = try policies.ask("anna", "delete", "press4-forces")
        #expect(!alone.isAllowed && alone.causes == .role && alone.errors.count == 1)
    }

    @Test("A deny for the circumstances says so, and no label helps")
    func context() throws {
        let policies = try self.company(
            adding: """
                @id("NET") @reason("only from the plant") forbid (principal, action, resource)
                unless { context has peer && context.peer.isInRange(ip("10.0.0.0/8")) };
                """
        )
        let outside = try policies.ask("ben", "read", "press4-forces", in: DecisionContext(peer: "192.0.2.1"))
        #expect(outside.causes == [.label, .context] && outside.flips.isEmpty && outside.flipsComplete)
        let alone = try policies.ask("anna", "read", "press4-forces", in: DecisionContext(peer: "192.0.2.1"))
        #expect(alone.causes == .context)
        for peer in ["10.1.2.3", "::ffff:10.1.2.3", "not an address"] {
            let decision = try policies.ask("anna", "read", "press4-forces", in: DecisionContext(peer: peer))
            #expect(decision.isAllowed == (peer == "10.1.2.3"))
        }
    }

    @Test("A rule about label and circumstances together names both causes, and the label's flips are still found")
    func mixed() throws {
        let policies = try self.company(
            adding: """
                @id("ENC") @reason("confidential only over TLS") forbid (principal, action, resource in Level::"confidential")
                unless { context.encrypted };
                """
        )
        let decision = try policies.ask("carla", "read", "press4-forces", in: DecisionContext(isEncrypted: false))
        #expect(decision.causes == [.label, .context])
        #expect(decision.flips.map(\.label.marking) == ["internal//customer-x"])
    }

    @Test("A rule about the person is a cause of the account, one about nobody of the role")
    func others() throws {
        let policies = try self.company(
            adding: """
                @id("BAN") @reason("on leave") forbid (principal, action, resource) when { principal.name == "anna" };
                @id("KEEP") @reason("nobody deletes") @overridable forbid (principal, action == Action::"delete", resource);
                """
        )
        #expect(try policies.ask("anna", "read", "press4-forces").causes == .account)
        let decision = try policies.ask("otto", "delete", "press4-forces")
        #expect(decision.causes == .role && decision.permits == ["OWN"] && decision.isOverridable)
        #expect(try !policies.ask("anna", "read", "press4-forces").isOverridable)
    }

    @Test("A shadow policy is evaluated and recorded, not enforced")
    func shadow() throws {
        let policies = try self.company(
            adding: """
                @id("TRY-1") @shadow @reason("no reading") forbid (principal, action == Action::"read", resource);
                @id("TRY-2") @shadow permit (principal, action == Action::"delete", resource);
                """
        )
        let read = try policies.ask("anna", "read", "press4-forces")
        #expect(read.isAllowed && read.shadow == ShadowOutcome(isAllowed: false, policies: ["TRY-1"], errors: []))
        let delete = try policies.ask("anna", "delete", "press4-forces")
        #expect(!delete.isAllowed && delete.shadow == ShadowOutcome(isAllowed: true, policies: ["TRY-2"], errors: []))
        #expect(try policies.ask("anna", "infer", "press4-forces").shadow == nil)
    }
}
