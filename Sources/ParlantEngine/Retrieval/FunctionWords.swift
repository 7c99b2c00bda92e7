/// Words that say nothing about what a question is about, beyond the English ones of ``StopWords``.
///
/// The rarer a word is among the passages the more it counts, which keeps such words down where there are many. A
/// customer with two short documents has too few for that. Words that mean something in English (`war`, `son`, `main`,
/// `die`) are left out on purpose.
enum FunctionWords {
    /// German, French, Spanish, Italian, Portuguese and Dutch, in lower case without marks.
    static let foreign: Set<String> = Set(
        """
        der das dem des ein eine einen einem einer eines und oder aber ich du er sie wir ihr mich mir dich dir uns euch
        ist sind bist sein waren habe haben wird werden kann konnen muss mussen soll nicht kein keine keinen auf aus
        bei mit nach von vom zu zum zur fur uber unter wie wo wer wann warum welche welcher welches mein meine meinen
        meinem meiner dein deine dieser diese dieses noch schon auch nur sehr bitte danke gibt es
        le la les un une du de et ou mais je tu il elle nous vous ils elles est sont suis etes ai avez ont pas ne que
        qui quoi quel quelle quels quelles quand comment pourquoi dans avec chez mon ma mes votre vos notre nos ce cette
        ces plus merci bonjour
        el los las unos unas y o pero yo ella nosotros es son soy esta estan he ha han ni con para por como cuando
        donde cual cuales cuanto mi mis tu tus su sus este estos estas muy gracias hola
        il lo gli uno e ma io lui lei noi voi sono sei siamo ho hai abbiamo non che chi quale quali quando dove perche
        nel nella con per mio mia miei tuo tua questo questa grazie ciao
        os um uma eu ele voce nao meu minha seu sua isto isso obrigado
        het een en maar ik jij hij zij wij zijn ben heb heeft niet geen op uit met naar van voor wat waar wanneer
        waarom welke mijn jouw deze dit nog ook heel
        """
        .split { $0.isWhitespace }.map(String.init))

    /// English words of every conversation: they may add to what a question is about, and are no sign of it alone.
    static let everyday: Set<String> = StopWords.stems(
        """
        anything something everything nothing anyone someone somebody anybody thing things stuff way ways
        happen happens happened tell say says said speak talk ask answer mean means think thought believe feel remember
        hello hi hey thanks thank please welcome nice nicely love like liked hope happy glad great good better best fine
        bad worse wrong right sure true new old young big small large little much long short soon late early often
        still ever never always again today tomorrow yesterday tonight now moment time times day days week weeks month
        months year years hour hours minute minutes morning evening night am pm one two three four five six seven eight
        nine ten first second last next
        go going far come came get give given take taken bring make made use used using look watch see seen find found show
        write wrote read work works working help helpful start end stop keep put set turn try let
        people person man woman human friend family name names place home house world life
        """)

    /// A word of a question or a text.
    struct Word: Equatable {
        var stem: String
        /// Whether it is one of ``everyday``.
        var isEveryday: Bool
    }

    /// The words of a text that say what it is about, in order; none when none does.
    static func content(of text: String) -> [Word] {
        WordNormalizer.words(text).filter { word in
            !StopWords.common.contains(word.stem) && !foreign.contains(word.folded)
        }.map { Word(stem: $0.stem, isEveryday: everyday.contains($0.stem)) }
    }
}
