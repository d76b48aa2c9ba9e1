import Glibc

#if FUZZING

/// The entry that libFuzzer calls with one input after another.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer owns the memory for the length of this call; it is copied at once.
    let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    if let broken = ProfileLaws.violation(by: input) { fatalError(broken) }
    return 0
}

#else

/// Replays kept inputs: `profiles-fuzz FILE-OR-FOLDER …` checks each and exits 1 if a law is broken.
@main
enum ProfilesFuzz {
    static func main() {
        let paths = CommandLine.arguments.dropFirst().flatMap(Self.files)
        guard !paths.isEmpty else {
            print(
                "usage: profiles-fuzz FILE-OR-FOLDER …\nexample: profiles-fuzz Fuzzing/profiles/Corpus Fuzzing/profiles/FailCases"
            )
            exit(2)
        }
        var broken = 0
        for path in paths {
            guard let input = Self.contents(of: path) else {
                print("\(path): cannot be read")
                exit(3)
            }
            if let violation = ProfileLaws.violation(by: input) {
                print("\(path): \(violation)")
                broken += 1
            }
        }
        print("\(paths.count) inputs, \(broken) broken")
        exit(broken == 0 ? 0 : 1)
    }

    /// The path itself, or the files in it if it is a folder.
    private static func files(in path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [path] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            // The name is an array of the entry, which lives until the next call.
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append("\(path)/\(name)") }
        }
        return names.sorted()
    }

    private static func contents(of path: String) -> [UInt8]? {
        guard let file = unsafe fopen(path, "rb") else { return nil }
        defer { unsafe fclose(file) }
        var contents: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
            if count == 0 { return contents }
            contents += buffer[..<count]
        }
    }
}

#endif
