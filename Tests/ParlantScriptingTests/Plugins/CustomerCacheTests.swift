import ParlantCore
import Testing

@testable import ParlantScripting

@Suite("Customers that were looked up lately")
struct CustomerCacheTests {
    private func customer(_ id: CustomerID, _ name: String = "N") -> Customer {
        Customer(id: id, createdAt: Timestamp(microseconds: 0), name: name)
    }

    @Test("are kept for the stated time and no longer")
    func time() {
        var cache = CustomerCache(time: .seconds(10))
        cache.keep(customer("a"), found: cache.lookup, at: .seconds(5))
        #expect(cache.customer("a", at: .milliseconds(14_999))?.id == "a")
        #expect(cache.customer("a", at: .seconds(15)) == nil)
        #expect(cache.count == 0)
    }

    @Test("are not kept when nothing is to be kept")
    func never() {
        var cache = CustomerCache(time: .zero)
        cache.keep(customer("a"), found: cache.lookup, at: .zero)
        #expect(cache.customer("a", at: .zero) == nil)
    }

    @Test("are forgotten by a change, and a lookup that began before it is not kept")
    func change() {
        var cache = CustomerCache(time: .seconds(10))
        cache.keep(customer("a"), found: cache.lookup, at: .zero)
        let lookup = cache.lookup
        cache.forget("a")
        #expect(cache.customer("a", at: .zero) == nil)
        cache.keep(customer("a", "old"), found: lookup, at: .zero)
        #expect(cache.customer("a", at: .zero) == nil)
        cache.keep(customer("a", "new"), found: cache.lookup, at: .zero)
        #expect(cache.customer("a", at: .zero)?.name == "new")
    }

    @Test("are forgotten when they are looked for elsewhere, and a lookup that began before is not kept")
    func renewal() {
        var cache = CustomerCache(time: .seconds(10))
        let lookup = cache.lookup
        cache.keep(customer("a"), found: lookup, at: .zero)
        cache.renew(time: .seconds(20))
        #expect(cache.customer("a", at: .zero) == nil)
        cache.keep(customer("b", "old"), found: lookup, at: .zero)
        #expect(cache.customer("b", at: .zero) == nil)
        cache.keep(customer("b", "new"), found: cache.lookup, at: .zero)
        #expect(cache.customer("b", at: .seconds(19))?.name == "new")
    }

    @Test("make room for newer ones, the oldest first")
    func capacity() {
        var cache = CustomerCache(time: .seconds(10), capacity: 2)
        for id in ["a", "b", "a", "c"] { cache.keep(customer(CustomerID(id)), found: cache.lookup, at: .zero) }
        #expect(cache.count == 2)
        #expect(cache.customer("b", at: .zero) == nil)
        #expect(cache.customer("a", at: .zero) != nil)
        #expect(cache.customer("c", at: .zero) != nil)
    }
}
