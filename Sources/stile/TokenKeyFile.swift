import Foundation
import Governance

/// The file with the key that tokens are sealed with, made when it is not there.
///
/// It lies in the state folder and not in the database, for who can write to the one need not be able to read the other.
/// Gateways that share a database share this key: copy the file.
enum TokenKeyFile {
    /// Why there is no key.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads the key, or makes one that no other user can read.
    static func key(at path: String) throws(Failure) -> TokenKey {
        if let data = FileManager.default.contents(atPath: path) {
            guard let key = TokenKey(octets: Array(data)) else {
                throw Failure(
                    description:
                        "\(path): found \(data.count) bytes, expected the \(TokenKey.length) of a key; restore it, or remove it and all tokens become invalid"
                )
            }
            return key
        }
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Failure(description: "\(path): the key of the access tokens cannot be read")
        }
        let octets = TokenKey.random()
        let beside = path + ".new"
        try? FileManager.default.removeItem(atPath: beside)
        // Whole or not at all: a half-written key would make every token invalid.
        guard
            FileManager.default.createFile(
                atPath: beside,
                contents: Data(octets),
                attributes: [.posixPermissions: 0o600]
            ), (try? FileManager.default.moveItem(atPath: beside, toPath: path)) != nil,
            let key = TokenKey(octets: octets)
        else {
            throw Failure(description: "\(path): the key of the access tokens cannot be written")
        }
        return key
    }
}
