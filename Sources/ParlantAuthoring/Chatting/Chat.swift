import ParlantCore

/// A conversation in a terminal, line by line.
public struct Chat: Sendable {
    private let partner: any ChatPartner
    private let screen: ChatScreen

    init(partner: any ChatPartner, screen: ChatScreen) {
        self.partner = partner
        self.screen = screen
    }

    private static let help = [
        ":why   which guidelines applied in the last turn and why, what ran, was weighed and was asked of models",
        ":new   begins a new conversation", ":quit  ends the program",
    ]

    /// Talks until the input ends or says `:quit`.
    ///
    /// - Parameter lines: What the customer types. A line that begins with a colon is a command.
    /// - Throws: what the partner throws when the conversation cannot begin; later failures are shown.
    public func run(_ lines: some AsyncSequence<String, Never> & Sendable) async throws {
        var name = try await partner.begin()
        screen.note("talking to \(name); :why explains, :quit ends, :help shows more")
        screen.prompt()
        for await line in lines {
            let text = line.trimmingSpaces
            switch text {
            case "": break
            case ":quit", ":q", ":exit": return
            case ":help": for line in Self.help { screen.note(line) }
            case ":new":
                name = try await partner.begin()
                screen.note("a new conversation with \(name)")
            case ":why": await explain()
            case _ where text.hasPrefix(":"):
                let words = [":why", ":new", ":quit", ":help"]
                screen.note("there is no command '\(text)'\(SpecWording.didYouMean(text, words)); :help lists them")
            default: await talk(text, to: name)
            }
            screen.prompt()
        }
    }

    private func explain() async {
        do {
            guard let record = try await partner.explanation() else {
                return screen.note("nobody has said anything yet")
            }
            for line in WhyTable(record).lines { screen.note("  " + line) }
        } catch {
            screen.note("\(error)")
        }
    }

    private func talk(_ text: String, to name: String) async {
        for line in await partner.refresh() { screen.note(line) }
        do {
            guard try await partner.say(text) else {
                return screen.note("nobody answers: the session is in manual mode, as after a hand-over to a human")
            }
            while true {
                for event in try await partner.events() {
                    switch event {
                    case .typing: screen.typing(name)
                    case .message(let sender, let text): screen.message(from: sender, text)
                    case .failed(let reason): screen.note("the turn failed: \(reason)")
                    case .done: return screen.clear()
                    }
                }
            }
        } catch {
            screen.note("\(error)")
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
