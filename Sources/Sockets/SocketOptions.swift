import NIOCore

/// The options that SwiftNIO's handlers ask for, and what they are here.
struct SocketOptions: NIOSynchronousChannelOptions {
    func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {
        throw ChannelError.operationUnsupported
    }

    func getOption<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
        let value: Any? =
            switch option {
            case is ChannelOptions.Types.AllowRemoteHalfClosureOption: false
            case is ChannelOptions.Types.AutoReadOption: true
            default: nil
            }
        guard let value = value as? Option.Value else { throw ChannelError.operationUnsupported }
        return value
    }
}
