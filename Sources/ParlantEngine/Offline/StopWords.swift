/// Words that say nothing about what a sentence is about.
enum StopWords {
    /// English function words, politeness and the verbs of every request. Stems are compared, so forms are implied.
    static let common: Set<String> = stems(
        """
        a an the this that these those it its i me my mine we us our you your yours he him his she her they them their
        am is are was were be been being do does did done have has had having can could will would shall should may
        might must not no nor so and or but if then than when while what which who whom whose where why how
        of to in on at by for from with without into onto about over under up down out off as per via again
        there here just only also too very really quite some any all both each every more most much many few other
        please ok okay yes dear sorry
        want wants wanted need needs like know get got let lets going go gonna wanna
        im ive id ill youre theyre dont doesnt didnt cant couldnt wont wouldnt isnt arent wasnt havent hasnt
        s t d ll re ve m
        """)

    /// How authors introduce the customer in conditions: "the customer asks about", "user wants to know whether".
    static let boilerplate: Set<String> = stems(
        """
        customer user client person someone they conversation message interaction
        ask asks asked asking inquire inquires enquires inquiry say says said tell tells mention mentions mentioned
        request requests requested state states express expresses indicate indicates wish wishes try tries trying
        seek seeks seeking look looks looking question questions wonder wonders interested interest regarding
        concerning concerns related whether explicitly currently
        """)

    /// The words of a text and their stems.
    static func stems(_ text: String) -> Set<String> {
        Set(text.split { $0.isWhitespace }.flatMap { [String($0), EnglishStemmer.stem(String($0))] })
    }
}
