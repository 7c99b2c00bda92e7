import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("Words of a text")
struct WordNormalizerTests {
    private func stems(_ text: String) -> [String] { WordNormalizer.words(text).map(\.stem) }

    @Test(
        "forms of one English word have one stem",
        arguments: [
            ["open", "opens", "opening", "opened", "openings"],
            ["cancel", "cancelled", "canceled", "cancellation", "cancelling", "cancels"],
            ["ship", "shipping", "shipped", "shipment", "ships"],
            ["deliver", "delivery", "deliveries", "delivered", "delivering"],
            ["change", "changing", "changed", "changes"],
            ["carry", "carried", "carries", "carrying"],
            ["buy", "bought", "buying", "buys"],
            ["box", "boxes"], ["branch", "branches"], ["address", "addresses"], ["allergy", "allergies"],
            ["pay", "paid", "payment", "payments", "paying"], ["arrive", "arrival", "arrived", "arriving"],
            ["appointment", "appointments"], ["hello", "hi", "hey"],
        ])
    func oneStem(_ forms: [String]) {
        #expect(Set(forms.map(EnglishStemmer.stem)).count == 1, "\(forms.map(EnglishStemmer.stem))")
    }

    @Test(
        "different words keep different stems",
        arguments: [
            ["bus", "busy"], ["new", "news"], ["bed", "bee"], ["thing", "think"], ["order", "ordinary"],
            ["king", "kin"],
            ["comment", "come"], ["station", "state"], ["nation", "nat"], ["morning", "morn"], ["this", "thus"],
            ["moment", "mom"], ["need", "ne"], ["string", "strong"],
        ])
    func differentStems(_ words: [String]) {
        #expect(Set(words.map(EnglishStemmer.stem)).count == words.count, "\(words.map(EnglishStemmer.stem))")
    }

    @Test("case, marks and punctuation do not matter")
    func normalisation() {
        #expect(stems("Crème-Brûlée, ÅNGSTRÖM!") == stems("creme brulee angstrom"))
        #expect(stems("Straße") == stems("STRASSE"))
        #expect(stems("Việt Nam") == ["viet", "nam"])
        #expect(stems("Cafe\u{301}") == stems("café"))
        #expect(stems("Άνθρωπος") == ["ανθρωποσ"])
    }

    @Test("marks that make another letter stay")
    func otherScripts() {
        #expect(stems("йод") == ["йод"])
        #expect(stems("हिन्दी").count == 1)
    }

    @Test("possessives and contractions are one word")
    func apostrophes() {
        #expect(WordNormalizer.words("the manager's").map(\.folded) == ["the", "manager"])
        #expect(WordNormalizer.words("don’t 'quote'").map(\.folded) == ["dont", "quote"])
    }

    @Test("each ideograph is a word")
    func ideographs() { #expect(WordNormalizer.words("営業time").map(\.folded) == ["営", "業", "time"]) }

    @Test("stop words and boilerplate are left out, unless nothing else is there")
    func content() {
        func content(_ text: String) -> [String] { WordNormalizer.contentWords(text).map(\.folded) }
        #expect(content("The customer wants to know about refunds") == ["refunds"])
        #expect(content("the customer has a question") == ["customer", "question"])
        #expect(content("I would") == ["i", "would"])
        #expect(content("?!") == [])
    }
}
