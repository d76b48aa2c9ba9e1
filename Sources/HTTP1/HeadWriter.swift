/// Writing heads and chunks, straight into the buffer that is sent.
///
/// A head is a start line, then fields in any number and order, then ``writeEndOfHead()``. Values that did not come
/// through a parser of this room are checked: a name from a directory must not be able to end a line.
extension ByteSink {
    /// Writes `method target HTTP/1.1`.
    ///
    /// - Parameters:
    ///   - method: The bytes of ``RequestHead/methodRange``.
    ///   - target: The bytes of a ``CanonicalTarget``.
    @inlinable
    package mutating func writeRequestLine(method: Span<UInt8>, target: Span<UInt8>) {
        self.write(method)
        self.write(UInt8(ascii: " "))
        self.write(target)
        self.write(" HTTP/1.1\r\n")
    }

    /// Writes `HTTP/1.1 status reason`.
    @inlinable @inline(__always)
    package mutating func writeStatusLine(_ status: Int, reason: StaticString) {
        self.write("HTTP/1.1 ")
        self.writeDecimal(status)
        self.write(UInt8(ascii: " "))
        self.write(reason)
        self.write("\r\n")
    }

    /// Writes the status line of a response that is passed on, with its own reason phrase.
    @inlinable @inline(__always)
    package mutating func writeStatusLine(_ status: Int, reason: Span<UInt8>) {
        self.write("HTTP/1.1 ")
        self.writeDecimal(status)
        self.write(UInt8(ascii: " "))
        self.write(reason)
        self.write("\r\n")
    }

    /// Writes a field with a constant value.
    @inlinable
    package mutating func writeField(_ name: StaticString, _ value: StaticString) {
        self.write(name)
        self.write(": ")
        self.write(value)
        self.write("\r\n")
    }

    /// Writes a field with a decimal value.
    @inlinable @inline(__always)
    package mutating func writeField(_ name: StaticString, _ value: Int) {
        self.write(name)
        self.write(": ")
        self.writeDecimal(value)
        self.write("\r\n")
    }

    /// Writes a field with a value from anywhere.
    ///
    /// - Returns: Whether it was written; a value with a control byte is not, and the head is as before.
    @inlinable
    @discardableResult
    package mutating func writeField(_ name: StaticString, checking value: Span<UInt8>) -> Bool {
        guard value.isFieldValue else { return false }
        self.write(name)
        self.write(": ")
        self.write(value)
        self.write("\r\n")
        return true
    }

    /// Writes the framing fields for a body.
    ///
    /// - Parameters:
    ///   - framing: How the body will be sent. `.untilClose` writes `connection: close`.
    ///   - statingZero: Whether the absence of a body is written as `content-length: 0`; a request by `POST` and most
    ///     responses want it, a `GET` and the answers without bodies (1xx, 204, 304, to `HEAD`) do not.
    @inlinable
    package mutating func writeFraming(_ framing: BodyFraming, statingZero: Bool) {
        switch framing {
        case .none:
            if statingZero { self.write("content-length: 0\r\n") }
        case .length(let length): self.writeField("content-length", length)
        case .chunked: self.write("transfer-encoding: chunked\r\n")
        case .untilClose: self.write("connection: close\r\n")
        }
    }

    /// Writes the fields of a parsed head but for those in `dropped`.
    ///
    /// Order and spelling stay; blanks around values become one space. Pass at least ``FieldSet/hopByHop``; in requests
    /// ``FieldSet/impersonation`` too.
    ///
    /// - Parameters:
    ///   - fields: The fields of the head.
    ///   - bytes: The bytes that the head was read from.
    ///   - dropped: What is left out.
    @inlinable
    package mutating func copyFields(_ fields: FieldTable, of bytes: Span<UInt8>, dropping dropped: FieldSet) {
        var run = 0..<0
        for index in 0..<fields.count {
            let field = fields[index]
            if dropped.contains(field.name) { continue }
            if field.isTidy {
                let line = field.nameRange.lowerBound..<field.value.upperBound &+ 2
                if run.upperBound == line.lowerBound {
                    run = run.lowerBound..<line.upperBound
                } else {
                    self.write(bytes.extracting(run))
                    run = line
                }
            } else {
                self.write(bytes.extracting(run))
                run = 0..<0
                self.write(bytes.extracting(field.nameRange))
                self.write(": ")
                self.write(bytes.extracting(field.value))
                self.write("\r\n")
            }
        }
        self.write(bytes.extracting(run))
    }

    /// Writes the empty line that ends a head.
    @inlinable
    package mutating func writeEndOfHead() {
        self.write("\r\n")
    }

    /// Writes the line before `count` bytes of chunk data; ``writeChunkEnd()`` follows the data.
    @inlinable
    package mutating func writeChunkSize(_ count: Int) {
        // A chunk of no bytes would be the last one.
        precondition(count > 0)
        var shift = (Int.bitWidth - 1 - count.leadingZeroBitCount) / 4 * 4
        while shift >= 0 {
            self.write(hexDigit(UInt8(truncatingIfNeeded: count &>> shift) & 0x0F))
            shift -= 4
        }
        self.write("\r\n")
    }

    /// Writes the line end after chunk data.
    @inlinable
    package mutating func writeChunkEnd() {
        self.write("\r\n")
    }

    /// Writes the last chunk, without trailers.
    @inlinable
    package mutating func writeLastChunk() {
        self.write("0\r\n\r\n")
    }

    /// Writes a number, 0 or above, in decimal digits.
    @inlinable @inline(__always)
    package mutating func writeDecimal(_ number: Int) {
        precondition(number >= 0)
        // As many as the largest number has, filled from the end and written in one go.
        var digits = InlineArray<19, UInt8>(repeating: UInt8(ascii: "0"))
        var (rest, first) = (UInt(bitPattern: number), 18)
        while true {
            digits[first] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            if rest == 0 { break }
            first &-= 1
        }
        self.write(digits.span.extracting(first..<19))
    }
}
