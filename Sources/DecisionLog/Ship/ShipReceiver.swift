/// Where a shipper delivers to: a file, or somebody on the network.
///
/// One thread uses it, and may be kept waiting.
package protocol ShipReceiver: AnyObject, Sendable {
    /// Delivers messages, in order; when this returns, the receiver has them.
    ///
    /// After a failure nobody knows how many arrived: all of them are delivered again.
    func deliver(_ messages: [String]) throws(ShipFailure)

    /// Lets go of what it holds open.
    func close()
}

/// Why a batch was not delivered.
package struct ShipFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

extension ExportFormat {
    /// Entries as the messages of one delivery: one for each, or one for all where the shape gathers them.
    ///
    /// Over syslog every message has the head of one, whatever it holds.
    func messages(_ entries: [(place: UInt64, content: EntryContent)], overSyslog: Bool) -> [String] {
        guard self == .otlp else {
            return entries.compactMap { entry in
                guard let line = self.line(entry.content, at: entry.place) else { return nil }
                guard overSyslog, self != .syslog, case .decision(let record) = entry.content else { return line }
                return SyslogExport.wrapped(line, as: self.rawValue, of: record)
            }
        }
        let records = entries.compactMap { entry -> (place: UInt64, record: DecisionRecord)? in
            if case .decision(let record) = entry.content { (entry.place, record) } else { nil }
        }
        return records.isEmpty ? [] : [OTLPExport.request(records).text]
    }
}
