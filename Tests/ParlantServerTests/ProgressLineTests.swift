import ParlantServer
import Testing

@Suite("What is shown of long work")
struct ProgressLineTests {
    @Test("is nothing in the first second")
    func short() {
        var line = ProgressLine(.terminal, at: .seconds(10))
        #expect(line.text(1, of: 10, "events", at: .milliseconds(10_999)) == nil)
        #expect(line.end() == nil)
    }

    @Test("is a bar on a terminal, written anew ten times a second and cleared at the end")
    func terminal() {
        var line = ProgressLine(.terminal, at: .zero)
        let bar = String(repeating: "█", count: 12) + String(repeating: "░", count: 12)
        #expect(line.text(5, of: 10, "events", at: .seconds(1)) == "\r\(bar) 50 %, events\u{1B}[K")
        #expect(line.text(6, of: 10, "events", at: .milliseconds(1_050)) == nil)
        #expect(line.text(6, of: 10, "events", at: .milliseconds(1_100)) != nil)
        #expect(line.end() == "\r\u{1B}[K")
    }

    @Test("is a line every five seconds elsewhere, and a number where nobody knows the end")
    func plain() {
        var line = ProgressLine(.plain, at: .zero)
        #expect(line.text(5, of: 10, "events", at: .seconds(1)) == "50 %, 5 of 10, events\n")
        #expect(line.text(6, of: 10, "events", at: .seconds(5)) == nil)
        #expect(line.text(700, of: 0, "bytes", at: .seconds(6)) == "700 bytes\n")
        #expect(line.end() == nil)
    }
}
