/// Cuts English endings so that `opening`, `opened` and `opens` count as one word.
///
/// Both sides of every comparison pass through here, so a stem need not be a word (`chang` for `change`); it has only
/// to be the same for forms of one word and different for different words. The rules are ours and cautious: at
/// least three letters stay, and they apply to words in ASCII letters only. In order, first hit wins in each step:
///
/// | step | ending | becomes | example |
/// |---|---|---|---|
/// | irregular | whole word | table | `bought` → `buy` |
/// | plural | `sses`, `xes`, `zes`, `ches`, `shes` | without `es` | `boxes` → `box` |
/// | | `ies` | `y` | `allergies` → `allergy` |
/// | | `s`, not after `s`, `u`, `i` | dropped | `hours` → `hour` |
/// | derived | `ation`, `ment` | dropped when four letters stay | `cancellation` → `cancel` |
/// | | `ing`, `ed`, `al` after `v` | dropped when a vowel stays, double consonant halved | `shipping` → `ship` |
/// | last | `ery` | `er` | `delivery` → `deliver` |
/// | | `e` | dropped when three letters stay | `change` → `chang` |
/// | | `y` after a consonant | `i` | `carry` → `carri`, as `carried` → `carri` |
enum EnglishStemmer {
    private static let irregular: [String: String] = [
        "bought": "buy", "paid": "pay", "sent": "send", "lost": "lose", "broke": "break", "broken": "break",
        "stole": "steal", "stolen": "steal", "spoke": "speak", "spoken": "speak", "forgot": "forget",
        "forgotten": "forget", "got": "get", "went": "go", "gone": "go", "made": "make", "took": "take",
        "taken": "take", "gave": "give", "given": "give", "told": "tell", "said": "say", "sold": "sell",
        "left": "leave", "came": "come", "ate": "eat", "eaten": "eat", "men": "man", "women": "woman",
        "children": "child", "people": "person", "feet": "foot", "bring": "bring", "brought": "bring",
        "flew": "fly", "flown": "fly", "chose": "choose", "chosen": "choose", "wrote": "write", "written": "write",
        "hidden": "hide", "worse": "bad", "worst": "bad", "cheaper": "cheap", "cheapest": "cheap",
        "during": "during", "thing": "thing", "something": "something", "anything": "anything",
        "nothing": "nothing", "everything": "everything", "evening": "evening", "morning": "morning",
        "building": "building", "wedding": "wedding", "address": "address", "addresses": "address", "news": "news",
        "wifi": "wifi", "need": "need", "feed": "feed", "speed": "speed", "seed": "seed", "bed": "bed", "red": "red",
        "indeed": "indeed", "exceed": "exceed", "proceed": "proceed", "medical": "medical",
        "hi": "hello", "hey": "hello", "greet": "hello", "greets": "hello", "greeting": "hello",
        "thanks": "thank",
    ]

    /// The stem of one folded word.
    static func stem(_ word: String) -> String {
        guard word.utf8.count > 1, word.utf8.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }) else { return word }
        if let known = irregular[word] { return finished(Array(known.utf8)) }
        var letters = Array(word.utf8)
        cutPlural(&letters)
        if let known = irregular[String(decoding: letters, as: UTF8.self)] { return finished(Array(known.utf8)) }
        cutDerivation(&letters)
        return finished(letters)
    }

    private static func cutPlural(_ letters: inout [UInt8]) {
        guard letters.count > 3, ends(letters, "s"), !ends(letters, "ss") else { return }
        if ["sses", "xes", "zes", "ches", "shes"].contains(where: { ends(letters, $0) }) {
            letters.removeLast(2)
        } else if ends(letters, "ies"), letters.count > 4 {
            letters.removeLast(3)
            letters.append(UInt8(ascii: "y"))
        } else if !ends(letters, "us"), !ends(letters, "is") {
            letters.removeLast()
        }
    }

    private static func cutDerivation(_ letters: inout [UInt8]) {
        if cut(&letters, "ation", leaving: 4) || cut(&letters, "ment", leaving: 4) {
            halveDouble(&letters)
        } else if cut(&letters, "ment", leaving: 3) {
            // payment, but not comment or moment: those keep a cluster or a single syllable that is no verb.
            if String(decoding: letters, as: UTF8.self) != "pay" { letters += Array("ment".utf8) }
        } else if ends(letters, "val"), letters.count > 5 {
            letters.removeLast(2)
        } else if hasVowel(letters.dropLast(3)), cut(&letters, "ing", leaving: 3) {
            halveDouble(&letters)
        } else if hasVowel(letters.dropLast(2)), cut(&letters, "ed", leaving: 3) {
            halveDouble(&letters)
        }
    }

    private static func finished(_ stem: [UInt8]) -> String {
        var letters = stem
        if ends(letters, "ery"), letters.count > 5 {
            letters.removeLast()
        } else if ends(letters, "e"), letters.count > 3 {
            letters.removeLast()
        } else if ends(letters, "y"), letters.count > 3, let before = letters.dropLast().last, !isVowel(before) {
            letters[letters.count - 1] = UInt8(ascii: "i")
        }
        return String(decoding: letters, as: UTF8.self)
    }

    private static func cut(_ letters: inout [UInt8], _ ending: StaticString, leaving least: Int) -> Bool {
        guard letters.count - ending.utf8CodeUnitCount >= least, ends(letters, "\(ending)") else { return false }
        letters.removeLast(ending.utf8CodeUnitCount)
        return true
    }

    /// `shipp` to `ship`; `l`, `s` and `z` too, so that `cancelled` and `cancel` meet (`call` loses one everywhere).
    private static func halveDouble(_ letters: inout [UInt8]) {
        guard letters.count > 3, let last = letters.last, letters[letters.count - 2] == last, !isVowel(last) else {
            return
        }
        letters.removeLast()
    }

    private static func ends(_ letters: [UInt8], _ ending: String) -> Bool {
        letters.count >= ending.utf8.count && letters.suffix(ending.utf8.count).elementsEqual(ending.utf8)
    }

    private static func hasVowel(_ letters: some Sequence<UInt8>) -> Bool {
        letters.contains { isVowel($0) || $0 == UInt8(ascii: "y") }
    }

    private static func isVowel(_ letter: UInt8) -> Bool { "aeiou".utf8.contains(letter) }
}
