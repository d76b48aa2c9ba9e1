import HTTP1

/// Which of a client's header fields an upstream gets.
enum ForwardedFields {
    /// Those of the connection, those with which a client could pretend to be somebody else, and what the gateway answers itself.
    static let neverForwarded = FieldSet.hopByHop.union(.impersonation).union(FieldSet([.expect]))

    /// Those that proxies add.
    static let ofProxies = FieldSet([.via, .forwarded, .forwardedFor, .realIP])

    /// Those that would make an answer one that cannot be filtered; conditional fields go with them, by name.
    static let notWhenFiltered = FieldSet([.acceptEncoding, .range])

    /// The names of Stile's own cookies begin so.
    static let cookiePrefixes: [StaticString] = ["__host-stile", "stile-"]

    /// Whether a cookie of Stile's own is among those that the client sent.
    static func holdsOwnCookie(_ fields: FieldTable, _ bytes: Span<UInt8>) -> Bool {
        for index in 0..<fields.count where fields[index].name == .cookie {
            if bytes.extracting(fields[index].value).holdsText("stile") { return true }
        }
        return false
    }

    /// Whether a `Set-Cookie` value, or a `Cookie` pair, sets a cookie of Stile's own.
    static func isOwnCookie(_ pair: Span<UInt8>) -> Bool {
        for prefix in self.cookiePrefixes {
            let length = prefix.utf8CodeUnitCount
            if pair.count >= length, pair.extracting(0..<length).isText(prefix) { return true }
        }
        return false
    }

    /// Whether the profile of the service keeps one of the fields from the upstream.
    static func holdsWithheld(_ fields: FieldTable, _ bytes: Span<UInt8>, _ service: Service) -> Bool {
        for name in service.withheldFields where fields.value(named: name, in: bytes) != nil { return true }
        return false
    }

    /// Whether a field makes an answer depend on what the client has already.
    ///
    /// Source: RFC 9110, section 13.1.
    static func isConditional(_ name: Span<UInt8>) -> Bool {
        name.isText("if-none-match") || name.isText("if-modified-since") || name.isText("if-match")
            || name.isText("if-unmodified-since") || name.isText("if-range")
    }
}

extension FieldTable {
    /// The value of the first field with this name, in small letters.
    func value(named name: [UInt8], in bytes: Span<UInt8>) -> Range<Int>? {
        for index in 0..<self.count {
            let field = self[index]
            if field.nameRange.count == name.count, bytes.extracting(field.nameRange).isSameText(as: name.span) {
                return field.value
            }
        }
        return nil
    }
}

extension HTTP1.ByteSink {
    /// Copies fields one by one, without those in `dropped`, those named in `withheld`, and, where an answer is filtered, the
    /// conditional ones.
    mutating func copyFields(
        _ fields: FieldTable,
        of bytes: Span<UInt8>,
        dropping dropped: FieldSet,
        and withheld: [[UInt8]],
        _ isFiltered: Bool
    ) {
        for index in 0..<fields.count {
            let field = fields[index]
            let name = bytes.extracting(field.nameRange)
            if dropped.contains(field.name) || isFiltered && ForwardedFields.isConditional(name) { continue }
            var isWithheld = false
            for other in withheld where name.isSameText(as: other.span) { isWithheld = true }
            if isWithheld { continue }
            self.write(name)
            self.write(": ")
            self.write(bytes.extracting(field.value))
            self.write("\r\n")
        }
    }

    /// Writes the client's cookies without Stile's own.
    ///
    /// Source: RFC 6265, section 4.2.1.
    mutating func copyForeignCookies(_ fields: FieldTable, of bytes: Span<UInt8>) {
        var kept: [UInt8] = []
        for index in 0..<fields.count where fields[index].name == .cookie {
            let value = Array(copying: bytes.extracting(fields[index].value))
            for pair in value.split(separator: UInt8(ascii: ";")) {
                let trimmed = Array(pair.drop { $0 == 0x20 || $0 == 0x09 })
                if ForwardedFields.isOwnCookie(trimmed.span) { continue }
                if !kept.isEmpty { kept += [UInt8(ascii: ";"), 0x20] }
                kept += trimmed
            }
        }
        guard !kept.isEmpty else { return }
        self.write("cookie: ")
        self.write(kept.span)
        self.write("\r\n")
    }
}
