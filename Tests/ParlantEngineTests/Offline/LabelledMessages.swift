/// Messages of customers with the conditions that a person says hold, for measuring the scorers.
struct LabelledAgent: Sendable {
    var name: String
    var guidelines: [(condition: String?, examples: [String])]
    /// The newest message, and the positions of the conditions that hold on it.
    var messages: [(text: String, holds: Set<Int>)]
}

extension LabelledAgent {
    static let all = [bank, shop, restaurant, clinic, hotel]

    static let bank = LabelledAgent(
        name: "bank",
        guidelines: [
            ("The customer wants to block a lost or stolen card", ["I lost my card", "someone stole my wallet"]),
            ("The customer asks about their account balance", ["how much money do I have?"]),
            ("The customer wants to transfer money to another person", ["send 50 euro to Ann"]),
            ("The customer asks about exchange rates", []),
            ("The customer disputes a transaction", ["I did not make this payment", "I was charged twice"]),
            ("The customer wants to talk to a human", ["let me speak to an agent", "I want a real person"]),
        ],
        messages: [
            ("I lost my credit card yesterday, can you block it?", [0]),
            ("My card was stolen on the train", [0]),
            ("please block my card", [0]),
            ("What's the balance of my account?", [1]),
            ("Could you tell me my balance", [1]),
            ("I'd like to transfer 200 dollars to my brother", [2]),
            ("can I send money to a friend in Spain?", [2]),
            ("What are your exchange rates for yen?", [3]),
            ("is the exchange rate fixed?", [3]),
            ("I was charged twice for the same thing", [4]),
            ("I want to dispute a transaction from last week", [4]),
            ("I need to talk to a human being", [5]),
            ("Can I speak with a real person please", [5]),
            (
                "Hello, I was in Lisbon with my family last week and on the way home somebody stole my card, it is the "
                    + "blue one",
                [0]
            ),
            ("Good morning. I checked my statement and there is a payment that I did not make.", [4]),
            ("What is the weather like?", []),
            ("How old is your bank?", []),
            ("Can I get a new card with another picture on it?", []),
            ("Which person founded the bank?", []),
            ("Where is the nearest branch?", []),
        ])

    static let shop = LabelledAgent(
        name: "shop",
        guidelines: [
            ("The customer wants to return an item", ["it doesn't fit, can I send it back?"]),
            ("The customer asks where their order is", ["when will my package arrive?", "track my delivery"]),
            ("The customer asks about opening hours", ["when do you open?", "are you open on Sundays?"]),
            ("The customer asks for a discount", ["do you have a coupon code?"]),
            ("The user wants to cancel an order", []),
            ("The customer complains about a damaged product", ["it arrived broken"]),
            ("The customer asks about payment methods", ["can I pay with PayPal?"]),
        ],
        messages: [
            ("I want to return these shoes", [0]),
            ("How do returns work?", [0]),
            ("can I send it back if it's too small", [0]),
            ("Where is my order?", [1]),
            ("my package still hasn't arrived", [1]),
            ("when will the delivery arrive", [1]),
            ("What are your opening hours?", [2]),
            ("Are you open on Saturday?", [2]),
            ("Is there a discount for students?", [3]),
            ("Do you have any coupons", [3]),
            ("I'd like to cancel my order", [4]),
            ("please cancel it", [4]),
            ("The vase arrived broken", [5]),
            ("The product was damaged when I opened the box", [5]),
            ("Which payment methods do you accept?", [6]),
            ("can I pay by card", [6]),
            (
                "Hi, I bought a pair of shoes two weeks ago for my daughter's birthday, and they are too small, so I "
                    + "want to return them",
                [0]
            ),
            ("Thanks for the quick reply! One more thing: do you give discounts to regular customers?", [3]),
            (
                "I have been thinking about my garden a lot lately and I would love to put some furniture there, "
                    + "what do you think looks good with roses?",
                []
            ),
            ("Do you sell bicycles?", []),
            ("What is your name?", []),
            ("I'd like to order a lamp", []),
            ("Is this product made of wood?", []),
            ("Are the codes on the label important?", []),
        ])

    static let restaurant = LabelledAgent(
        name: "restaurant",
        guidelines: [
            ("The guest wants to book a table", ["a table for four tomorrow", "I'd like to make a reservation"]),
            ("The guest asks about vegetarian or vegan dishes", []),
            ("The guest mentions an allergy", ["I'm allergic to nuts", "does it contain gluten?"]),
            ("The guest asks about parking", []),
            ("The guest wants to cancel or change a reservation", ["I can't make it tonight"]),
        ],
        messages: [
            ("Can I book a table for two?", [0]),
            ("I would like to reserve a table for Friday", [0]),
            ("do you have vegan food", [1]),
            ("Are there any vegetarian dishes on the menu?", [1]),
            ("My son has a nut allergy", [2]),
            ("does the soup contain gluten", [2]),
            ("Where can we park?", [3]),
            ("Is there parking nearby?", [3]),
            ("I have to cancel my reservation", [4]),
            ("can I change the reservation to 8 pm", [4]),
            (
                "We are coming with six people for my mother's birthday next month, can we book a table in the garden?",
                [0]
            ),
            ("What's the chef's name?", []),
            ("Do you play live music?", []),
            ("Is the table by the window round?", []),
        ])

    static let clinic = LabelledAgent(
        name: "clinic",
        guidelines: [
            ("The patient wants to schedule an appointment", ["can I see a doctor this week?"]),
            ("The patient describes an emergency", ["I have chest pain", "I cannot breathe"]),
            ("The patient asks about lab results", ["are my blood tests back?"]),
            ("The patient needs a prescription refill", ["I ran out of my medication"]),
            ("The patient asks whether their insurance is accepted", ["do you take Blue Cross insurance?"]),
        ],
        messages: [
            ("I need an appointment with Dr. Lee", [0]),
            ("Can I schedule a visit to the doctor?", [0]),
            ("I have strong chest pain", [1]),
            ("help, he cannot breathe", [1]),
            ("Are my lab results ready?", [2]),
            ("when do I get the results of my blood test", [2]),
            ("I'd like to refill my prescription", [3]),
            ("I ran out of medication", [3]),
            ("Do you accept my insurance?", [4]),
            ("which insurances are accepted", [4]),
            (
                "My name is Ann and I visited you on Tuesday because of my knee. Are the results of the lab there yet?",
                [2]
            ),
            ("Is the doctor married?", []),
            ("Do you have a waiting room with toys?", []),
            ("What a lovely week it has been", []),
        ])

    static let hotel = LabelledAgent(
        name: "hotel",
        guidelines: [
            ("The guest asks about check-in or check-out times", ["when can I check in?"]),
            ("The guest asks for the Wi-Fi password", ["how do I connect to the internet?"]),
            ("The guest complains about noise", ["the neighbours are too loud"]),
            ("The guest wants room service", ["can I order food to my room?"]),
            ("The guest asks about the pool or the gym", []),
            ("The guest wants to bring a pet", ["are dogs allowed?"]),
        ],
        messages: [
            ("What time is check-out?", [0]),
            ("can we check in before noon?", [0]),
            ("what is the wifi password", [1]),
            ("How do I connect my laptop to the internet?", [1]),
            ("There is so much noise from the street", [2]),
            ("our neighbours are really loud", [2]),
            ("I'd like room service please", [3]),
            ("could you bring food to my room", [3]),
            ("Is the pool heated?", [4]),
            ("when does the gym open", [4]),
            ("Can I bring my pets?", [5]),
            ("are small dogs allowed", [5]),
            ("Do you have a room with a view?", []),
            (
                "We arrive late on Friday with our two children and our dog, is it allowed to bring pets into the room?",
                [5]
            ),
            ("Who designed the building?", []),
            ("can you order a taxi", []),
        ])

    /// Written after the constants were chosen.
    static let heldOut = [airline, telecom]

    static let airline = LabelledAgent(
        name: "airline",
        guidelines: [
            ("The passenger wants to change their flight", ["can I fly a day later?"]),
            ("The passenger asks about baggage allowance", ["how many bags can I take?"]),
            ("The passenger reports lost luggage", ["my suitcase did not arrive"]),
            ("The passenger asks whether a flight is delayed", ["is my flight on time?"]),
            ("The passenger wants a seat upgrade", []),
        ],
        messages: [
            ("I need to change my flight to Monday", [0]),
            ("Could I fly one day later instead?", [0]),
            ("What is the baggage allowance in economy?", [1]),
            ("how many bags may I bring on board", [1]),
            ("My luggage got lost somewhere in Frankfurt", [2]),
            ("the suitcase never arrived", [2]),
            ("Is flight LH 123 delayed?", [3]),
            ("are there any delays today", [3]),
            ("can I upgrade my seat to business class", [4]),
            ("Do you serve vegan meals?", []),
            ("Is the seat next to the window?", []),
            ("What a day!", []),
        ])

    static let telecom = LabelledAgent(
        name: "telecom",
        guidelines: [
            ("The customer reports that the internet is slow or down", ["I have no connection"]),
            ("The customer asks about an invoice", ["why is my bill so high?"]),
            ("The customer wants to cancel their contract", []),
            ("The customer wants to change their phone number", []),
            ("The customer asks about roaming costs abroad", ["what do I pay for calls from Spain?"]),
        ],
        messages: [
            ("My internet is down since this morning", [0]),
            ("the connection is extremely slow", [0]),
            ("I don't understand my last invoice", [1]),
            ("my bill is too high", [1]),
            ("I want to cancel the contract", [2]),
            ("please give me a new phone number", [3]),
            ("How much does roaming cost?", [4]),
            ("I'm travelling abroad, are there roaming fees?", [4]),
            ("Do you sell phones?", []),
            ("What is your company called?", []),
            ("who can I call on Sundays", []),
        ])
}
