import COpenSSL
import Glibc

/// Reads libcrypto's values into ours.
enum ASN1Values {
    /// The octets of a string, of whatever kind.
    static func octets(of string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        guard let string = unsafe string else { return [] }
        let count = unsafe ASN1_STRING_length(string)
        guard count > 0, let start = unsafe ASN1_STRING_get0_data(string) else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }

    /// A moment in seconds since 1970, UTC; `nil` when it is none.
    static func seconds(of time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        guard let time = unsafe time else { return nil }
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else {
            LibraryErrors.clear()
            return nil
        }
        return Int64(unsafe timegm(&parts))
    }

    /// A whole number in hexadecimal, as certificates' serial numbers are written.
    static func hexadecimal(_ number: UnsafePointer<ASN1_INTEGER>?) -> String {
        unsafe self.octets(of: number).map { octet in
            let digits = String(octet, radix: 16, uppercase: true)
            return octet < 0x10 ? "0" + digits : digits
        }.joined()
    }
}

/// Writes a value of libcrypto in DER, by the function of its type; empty when that fails.
///
/// - Parameter write: Calls `i2d_…` with the place to write to, which is `nil` for asking how long it will be.
/// - Returns: The value in DER.
func encoded(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
    let length = write(nil)
    guard length > 0 else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, filled in
        var place = buffer.baseAddress
        filled = Int(max(0, unsafe write(&place)))
    }
}

/// Reads DER by the function of a type.
///
/// - Parameters:
///   - octets: What must be one value from the first octet to the last.
///   - read: Calls `d2i_…` with the place to read from and the length.
///   - free: Gives back what was read but is not wanted.
/// - Returns: What was read; `nil` when it cannot be read, or when something follows it.
func decoded<Value>(
    _ octets: [UInt8],
    _ read: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> Value?,
    orFree free: (Value) -> Void
) -> Value? {
    unsafe octets.withUnsafeBufferPointer { buffer -> Value? in
        var place = buffer.baseAddress
        guard let value = unsafe read(&place, buffer.count) else {
            LibraryErrors.clear()
            return nil
        }
        guard let end = unsafe place, let start = buffer.baseAddress, unsafe end - start == buffer.count else {
            free(value)
            return nil
        }
        return value
    }
}
