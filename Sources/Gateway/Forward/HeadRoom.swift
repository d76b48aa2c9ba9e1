import DecisionLog
import HTTP1
import NIOCore

/// Memory that a head is written into in one go.
///
/// A `ByteBuffer` asks with every write whether it has its memory for itself and whether there is enough, and a head is
/// twenty writes. Here what does not fit is counted and left out, so that whoever lent the memory knows how much is needed.
@safe struct HeadRoom: HTTP1.ByteSink {
    private let room: UnsafeMutableRawBufferPointer
    /// How many bytes the head has so far, whether there was room for them or not.
    private(set) var count = 0

    /// Takes memory that nobody else uses meanwhile.
    @unsafe init(_ room: UnsafeMutableRawBufferPointer) {
        unsafe self.room = room
    }

    /// Appends one byte.
    @inline(__always)
    mutating func write(_ byte: UInt8) {
        // Within the room, as asked.
        if unsafe self.count < self.room.count { unsafe self.room[self.count] = byte }
        self.count &+= 1
    }

    /// Appends bytes.
    @inline(__always)
    mutating func write(_ bytes: Span<UInt8>) {
        // The bytes are only read, within the call.
        unsafe bytes.withUnsafeBytes { unsafe self.copy($0) }
    }

    /// Appends a constant of the program.
    @inline(__always)
    mutating func write(_ text: StaticString) {
        // A constant lives for ever.
        unsafe self.copy(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        let end = self.count &+ bytes.count
        // Within the room, as asked; source and room are different memory.
        if let start = unsafe self.room.baseAddress, let from = bytes.baseAddress, unsafe end <= self.room.count {
            unsafe (start + self.count).copyMemory(from: from, byteCount: bytes.count)
        }
        self.count = end
    }
}

extension ByteBuffer {
    /// Holds a head, and nothing else.
    ///
    /// - Parameter write: Writes the head; called a second time where the first room was too small, and then writes the same.
    mutating func hold(head write: (inout HeadRoom) -> Void) {
        self.clear()
        var needed = 1_024
        var count = Int.max
        while count > needed {
            if count < .max { needed = count }
            unsafe self.writeWithUnsafeMutableBytes(minimumWritableBytes: needed) { room in
                // The buffer's own memory, for the time of the call.
                var head = unsafe HeadRoom(room)
                write(&head)
                count = head.count
                needed = room.count
                return count <= needed ? count : 0
            }
        }
    }
}

extension HTTP1.ByteSink {
    /// Appends bytes.
    @inline(__always)
    mutating func write(_ bytes: [UInt8]) {
        self.write(bytes.span)
    }

    /// Appends the text of a decision's id, without making a text of it.
    mutating func write(_ decision: DecisionID) {
        let digits: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        var text = InlineArray<26, UInt8>(repeating: 0)
        var (high, low) = (decision.high, decision.low)
        for place in stride(from: DecisionID.textLength - 1, through: 0, by: -1) {
            // Five bits at a time from the end; a constant of 32 digits lives for ever.
            text[place] = unsafe digits.utf8Start[Int(low & 31)]
            low = low >> 5 | high << 59
            high >>= 5
        }
        self.write(text.span)
    }
}
