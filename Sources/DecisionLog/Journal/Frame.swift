import Checksums

/// How an entry lies in a segment.
///
///     length (4) ‖ group (4) ‖ CRC-32C (4) ‖ payload
///
/// *Group* is the place in the file where the frame's group commit began. Every byte before it was on disk before this
/// frame was written; so if a frame is damaged and a later one of a *later group* is whole, the damage is no torn write
/// but a change, and no start may cut it away. The checksum is over segment, place, length, group and payload: a frame
/// is good only where it was written. All numbers have their high byte first.
package enum Frame {
    /// The bytes before the payload.
    package static let headBytes = 12
    /// The longest payload: a leaf and three parts.
    static let maximumPayload = 1 << 20

    /// What was found at a place.
    package enum Finding {
        /// A good frame.
        case whole(payload: ArraySlice<UInt8>, group: UInt32, next: Int)
        /// The bytes end before the frame does.
        case cut
        /// The bytes are not a frame.
        case damaged
    }

    /// Writes length, group and checksum into the room left before a payload.
    package static func fillHead(
        of frames: inout [UInt8],
        at start: Int,
        payload: Int,
        segment: UInt64,
        offset: UInt64,
        group: UInt32
    ) {
        Self.put(UInt32(payload), at: start, in: &frames)
        Self.put(group, at: start + 4, in: &frames)
        let crc = unsafe frames.withUnsafeBytes { bytes in
            unsafe Self.checksum(
                UnsafeRawBufferPointer(rebasing: bytes[(start + Self.headBytes)..<(start + Self.headBytes + payload)]),
                segment: segment,
                offset: offset,
                group: group
            )
        }
        Self.put(crc, at: start + 8, in: &frames)
    }

    /// Reads the frame at `position` of `bytes`, which begin at `base` of the segment's file.
    package static func read(_ bytes: ArraySlice<UInt8>, at position: Int, base: UInt64, segment: UInt64) -> Finding {
        guard position < bytes.endIndex else { return .cut }
        guard let length = BigEndian.read(UInt32.self, bytes, at: position),
            let group = BigEndian.read(UInt32.self, bytes, at: position + 4),
            let crc = BigEndian.read(UInt32.self, bytes, at: position + 8)
        else { return .cut }
        let offset = base + UInt64(position - bytes.startIndex)
        guard length > 0, length <= Self.maximumPayload, UInt64(group) <= offset else { return .damaged }
        let start = position + Self.headBytes
        let end = start + Int(length)
        guard end <= bytes.endIndex else { return .cut }
        let found = unsafe bytes[start..<end].withUnsafeBytes {
            unsafe Self.checksum($0, segment: segment, offset: offset, group: group)
        }
        return found == crc ? .whole(payload: bytes[start..<end], group: group, next: end) : .damaged
    }

    @unsafe private static func checksum(
        _ payload: UnsafeRawBufferPointer,
        segment: UInt64,
        offset: UInt64,
        group: UInt32
    )
        -> UInt32
    {
        var crc = CRC32C()
        crc.update(segment)
        crc.update(offset)
        crc.update(UInt32(payload.count))
        crc.update(group)
        unsafe crc.update(payload)
        return crc.value
    }

    private static func put(_ number: UInt32, at position: Int, in bytes: inout [UInt8]) {
        bytes[position] = UInt8(truncatingIfNeeded: number >> 24)
        bytes[position + 1] = UInt8(truncatingIfNeeded: number >> 16)
        bytes[position + 2] = UInt8(truncatingIfNeeded: number >> 8)
        bytes[position + 3] = UInt8(truncatingIfNeeded: number)
    }
}
