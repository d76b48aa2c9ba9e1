/// What came of a client's token.
package enum KerberosStep: Hashable, Sendable {
    /// It is this client; the answer proves to it whom it has spoken with.
    case accepted(KerberosClient, answer: [UInt8])

    /// The client has to send another token in answer to this one.
    case proceeds([UInt8])

    /// It is not believed.
    case refused(KerberosRefusal)
}
