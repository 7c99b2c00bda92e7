import CMongoc

extension MongoError {
    /// Numbers of servers that are stepping down, starting or shutting down: another one will answer soon.
    private static let elsewhere: Set<Int> = [6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]

    /// What the C library filled in.
    init(_ error: bson_error_t) {
        var error = error
        let size = MemoryLayout.size(ofValue: error.message)
        let text = withUnsafeBytes(of: &error.message) { bytes in
            String(decoding: bytes.prefix(size).prefix { $0 != 0 }, as: UTF8.self)
        }
        self.init(domain: error.domain, number: Int(error.code), text)
    }

    private init(domain: UInt32, number: Int, _ text: String) {
        switch mongoc_error_domain_t(domain) {
        case MONGOC_ERROR_SERVER: self.init(serverCode: number, text)
        case MONGOC_ERROR_WRITE_CONCERN: self.init(.timedOut, text, number: number)
        case MONGOC_ERROR_STREAM, MONGOC_ERROR_POOL:
            self.init(text.contains("timeout") ? .timedOut : .unreachable, text)
        case MONGOC_ERROR_SERVER_SELECTION:
            // The reason stands in the sentence only.
            self.init(text.mentions("authentication") ? .refused : .unreachable, text)
            foundNoServer = code == .unreachable
        case MONGOC_ERROR_CLIENT where number == Int(MONGOC_ERROR_CLIENT_AUTHENTICATE.rawValue):
            self.init(.refused, text)
        case MONGOC_ERROR_SASL, MONGOC_ERROR_SCRAM: self.init(.refused, text)
        case MONGOC_ERROR_BSON: self.init(.tooLarge, text)
        default: self.init(.failed, text)
        }
    }

    /// What a server answered.
    init(serverCode number: Int, _ text: String) {
        let code: Code =
            switch number {
            case 11000, 11001, 12582: .duplicateKey
            case 13, 18, 8000: .refused
            case 50, 64: .timedOut
            case 10334, 17280, 17419, 17420: .tooLarge
            case _ where Self.elsewhere.contains(number): .unreachable
            default: .failed
            }
        self.init(code, text, number: number)
    }
}

extension String {
    /// Whether the text contains a word, in whatever case. ASCII only.
    fileprivate func mentions(_ word: String) -> Bool { lowercased().contains(word) }
}
