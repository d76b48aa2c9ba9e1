import Directory

/// Reads from an entry whether the account may be used, in the words of each kind of server.
///
/// All of them are read on every server: an attribute that means something on one is simply absent on the others.
struct AccountStateReader {
    /// Marks of the company's own that switch an account off.
    var disabledWhen: Set<AttributeMark>

    /// Seconds since 1970, UTC.
    var now: Int64

    /// What has to be read of an entry.
    static let attributes: [AttributeName] = [
        // slapo-ppolicy(5)
        "pwdaccountlockedtime", "pwdreset", "pwdstarttime", "pwdendtime",
        // shadow(5) by RFC 2307
        "shadowexpire", "shadowlastchange", "shadowmax", "shadowinactive",
        // 389 Directory Server
        "nsaccountlock", "passwordexpirationtime", "accountunlocktime",
        // [MS-ADA1], [MS-ADA2], [MS-ADA3]
        "useraccountcontrol", "msds-user-account-control-computed", "accountexpires", "pwdlastset", "lockouttime",
        "logonhours",
    ]

    /// The state of an account; where several hold, the first that is asked for here.
    func state(of entry: Entry) -> AccountState {
        if self.isDisabled(entry) { return .disabled }
        if self.isExpired(entry) { return .expired }
        if let locked = self.locked(entry) { return locked }
        if self.isPasswordExpired(entry) { return .passwordExpired }
        if Self.mustChangePassword(entry) { return .passwordMustChange }
        return self.isOutsideHours(entry) ? .notHereOrNow : .active
    }

    private func isDisabled(_ entry: Entry) -> Bool {
        // slapo-ppolicy(5): a lock since the beginning of time holds until an administrator takes it away.
        if entry.text("pwdaccountlockedtime") == "000001010000Z" { return true }
        if entry.flag("nsaccountlock") == true { return true }
        if let control = Self.accountControl(entry), control & AccountControl.disabled != 0 { return true }
        return self.disabledWhen.contains { mark in
            entry.texts(mark.attribute).contains { $0.lowercased() == mark.value.lowercased() }
        }
    }

    private func isExpired(_ entry: Entry) -> Bool {
        if let end = entry.text("pwdendtime").flatMap(DirectoryTime.generalized), end <= self.now { return true }
        if let end = entry.integer("accountexpires").flatMap(DirectoryTime.fileTime), end <= self.now { return true }
        // Days since 1970; -1 is never.
        if let end = entry.integer("shadowexpire"), end >= 0, end <= self.today { return true }
        return false
    }

    private func locked(_ entry: Entry) -> AccountState? {
        if let time = entry.text("pwdaccountlockedtime") {
            // A time to come is the end of a delay; a time gone by is the beginning of a lock whose length only the server knows.
            let moment = DirectoryTime.generalized(time)
            return .locked(until: moment.flatMap { $0 > self.now ? $0 : nil })
        }
        if let time = entry.text("accountunlocktime") {
            let moment = DirectoryTime.generalized(time) ?? .max
            return moment > self.now ? .locked(until: moment == .max ? nil : moment) : nil
        }
        if let computed = entry.integer("msds-user-account-control-computed") {
            return computed & AccountControl.locked != 0 ? .locked(until: nil) : nil
        }
        guard let since = entry.integer("lockouttime"), since > 0 else { return nil }
        return .locked(until: nil)
    }

    private func isPasswordExpired(_ entry: Entry) -> Bool {
        if let computed = entry.integer("msds-user-account-control-computed"),
            computed & AccountControl.passwordExpired != 0
        {
            return true
        }
        // 389 Directory Server; the beginning of 1970 is its way to say "must change".
        if let end = entry.text("passwordexpirationtime").flatMap(DirectoryTime.generalized), end > 0, end <= self.now {
            return true
        }
        guard let last = entry.integer("shadowlastchange"), last > 0, let most = entry.integer("shadowmax"), most >= 0
        else { return false }
        // `shadowMax` of 99,999 days and more means never.
        return most < 99_999 && self.today > last + most + max(0, entry.integer("shadowinactive") ?? 0)
    }

    private static func mustChangePassword(_ entry: Entry) -> Bool {
        if entry.flag("pwdreset") == true { return true }
        if entry.integer("shadowlastchange") == 0 { return true }
        if let end = entry.text("passwordexpirationtime").flatMap(DirectoryTime.generalized), end <= 0 { return true }
        guard entry.integer("pwdlastset") == 0, let control = Self.accountControl(entry) else { return false }
        return control & AccountControl.passwordNeverExpires == 0
    }

    private func isOutsideHours(_ entry: Entry) -> Bool {
        if let start = entry.text("pwdstarttime").flatMap(DirectoryTime.generalized), start > self.now { return true }
        // 21 octets, a bit for each hour of the week in UTC, from Sunday on, the lowest bit first.
        guard let hours = entry.octets("logonhours"), hours.count == 21 else { return false }
        let hour = Int((self.now / 3_600 + 4 * 24) % (7 * 24))
        return hours[hour / 8] & (1 << UInt8(hour % 8)) == 0
    }

    private static func accountControl(_ entry: Entry) -> Int64? { entry.integer("useraccountcontrol") }

    private var today: Int64 { self.now / 86_400 }
}

/// Bits of `userAccountControl` and of its computed form.
///
/// Source: [MS-ADTS] 2.2.16.
private enum AccountControl {
    static let disabled: Int64 = 0x2
    static let locked: Int64 = 0x10
    static let passwordNeverExpires: Int64 = 0x1_0000
    static let passwordExpired: Int64 = 0x80_0000
}
