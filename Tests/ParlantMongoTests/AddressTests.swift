import ParlantCore
import Testing

@testable import ParlantMongo

@Suite("Addresses of MongoDB")
struct AddressTests {
    @Test(
        "are shown without user, password and options, with the database that is used",
        arguments: [
            ("mongodb://h/d", "mongodb://h:27017/d"), ("mongodb://h", "mongodb://h:27017/parlant"),
            ("mongodb://me:p%40ss@a:1,b:2/d?replicaSet=r", "mongodb://a:1,b:2/d"),
        ])
    func shown(_ text: String, _ shown: String) throws {
        let address = try MongoAddress(text)
        #expect(address.description == shown)
    }

    @Test("that are none are refused with how to write one, and without the password")
    func refused() {
        for text in ["mongodb://me:secret@", "mongodb://me:secret@h:port/d", "mongodb://me:sec@ret@h/d?x"] {
            let error = #expect(throws: StoreError.self) { try MongoAddress(text) }
            #expect(error?.message.contains("is no address of MongoDB; write mongodb://user:password@host") == true)
            #expect(error?.message.contains("sec") == false, "\(text)")
        }
    }

    @Test("have writes acknowledged by the majority, unless they say otherwise")
    func acknowledged() throws {
        #expect(try MongoAddress("mongodb://h/d?socketTimeoutMS=1").asksForMajority)
        #expect(try !MongoAddress("mongodb://h/d?w=1").asksForMajority)
        #expect(try !MongoAddress("mongodb://h/d?w=majority").asksForMajority)
        #expect(try MongoAddress("mongodb://h/d?socketTimeoutMS=1").isDurable)
        #expect(try MongoAddress("mongodb://h/d?w=majority").isDurable)
        for other in ["1", "2", "somewhere"] { #expect(try !MongoAddress("mongodb://h/d?w=\(other)").isDurable) }
    }

    @Test("by which writes would not be acknowledged are refused")
    func unacknowledged() {
        let error = #expect(throws: StoreError.self) { try MongoAddress("mongodb://me:secret@h/d?w=0") }
        #expect(error?.message.hasPrefix("the address says w=0, so that writes would be lost without a word") == true)
        #expect(error?.id == "mongodb://…@h/d")
    }
}
