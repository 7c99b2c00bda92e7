/// What a condition speaks of, as far as its words tell.
///
/// A message and a condition are similar when they have a topic in common. That says something about "the customer
/// wants to block a card", and nothing about "the customer is angry" or "the customer has not answered yet": their
/// messages are about something else. Only the former may be left out because nothing similar was said.
enum ConditionSubject: Sendable, Hashable {
    /// Something that the customer would name.
    case topic
    /// How the conversation goes: its tone, its course, what was not said or said before. Also whatever is not
    /// recognisably English, because the lists of words are.
    case conversation

    /// O(length).
    init(_ condition: String) {
        let words = WordNormalizer.words(condition)
        let isEnglish = words.contains { StopWords.common.contains($0.stem) }
        let speaksOfConversation = words.contains { word in
            Self.course.contains(word.folded) || Self.moods.contains(word.stem) || Self.acts.contains(word.stem)
        }
        self = isEnglish && !speaksOfConversation ? .topic : .conversation
    }

    /// Absence, repetition and order, and who else takes part.
    private static let course: Set<String> = [
        "not", "never", "no", "nothing", "nobody", "none", "neither", "without", "unless", "dont", "doesnt", "didnt",
        "isnt",
        "arent", "wasnt", "werent", "hasnt", "havent", "hadnt", "wont", "yet", "already", "again", "still", "anymore",
        "first", "once", "previously", "earlier", "agent", "assistant", "conversation", "session", "chat", "reply",
        "replies", "language", "tone", "weekend", "today", "tomorrow",
    ]

    private static let moods = StopWords.stems(
        """
        angry annoyed upset frustrated furious irritated impatient hostile aggressive rude impolite polite sarcastic
        happy satisfied dissatisfied unhappy disappointed sad distressed anxious worried nervous confused unsure
        uncertain undecided hesitant vulnerable emotional urgent unclear ambiguous vague mood crisis
        """)

    private static let acts = StopWords.stems(
        """
        greet greeting thank thanks goodbye farewell praise compliment apologise apologize agree disagree refuse accept
        decline confirm hesitate repeat insist answered unanswered ignore silent swear insult joke interrupt
        """)
}
