import ParlantCore
import Testing

@Suite("Fingerprints")
struct FingerprintTests {
    @Test("are the same everywhere, and know where a text ends")
    func texts() {
        func digits(_ texts: String...) -> String {
            var fingerprint = Fingerprint()
            for text in texts { fingerprint.add(text) }
            return fingerprint.digits
        }
        #expect(digits() == "cbf29ce484222325")
        #expect(digits("ab", "c") != digits("a", "bc"))
        #expect(digits("") != digits())
        #expect(digits("agents/a.lua", "é") == digits("agents/a.lua", "é"))
    }
}
